/** The one door to uWebSockets.js: the package's types leave out the constants that its module exports. */
import './uws-environment.ts';
import * as uws from 'uWebSockets.js';

export type { HttpRequest, HttpResponse, TemplatedApp, WebSocket, us_socket_context_t } from 'uWebSockets.js';

const constants = uws as unknown as { SHARED_COMPRESSOR: number; LIBUS_LISTEN_EXCLUSIVE_PORT: number };

/** Compresses each message alone, with one window for all sockets: an idle connection costs nothing more. */
export const sharedCompressor = constants.SHARED_COMPRESSOR;

export const createApp = uws.App;
export const closeListenSocket = uws.us_listen_socket_close;

type Listen = (
  host: string,
  port: number,
  options: number,
  listening: (socket: uws.us_listen_socket | false) => void,
) => void;

/**
 * Listens, and owns the port alone: by default uWebSockets.js would share it with another process in silence.
 * Resolves with the port that was taken; rejects when it is busy.
 */
export function listen(
  app: uws.TemplatedApp,
  host: string,
  port: number,
): Promise<{ socket: uws.us_listen_socket; port: number }> {
  const listenOn = app.listen.bind(app) as unknown as Listen;
  return new Promise((resolve, reject) => {
    listenOn(host, port, constants.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
      if (socket === false) reject(new Error(`port ${port} on ${host} is busy: set BATON_PORT to another one`));
      else resolve({ socket, port: uws.us_socket_local_port(socket) });
    });
  });
}
