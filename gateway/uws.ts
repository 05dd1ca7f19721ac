/** The one door to uWebSockets.js: the package's types leave out the constants that its module exports. */
import './uws-environment.ts';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
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
export async function listen(
  app: uws.TemplatedApp,
  host: string,
  port: number,
): Promise<{ socket: uws.us_listen_socket; port: number }> {
  const listenOn = app.listen.bind(app) as unknown as Listen;
  const wanted = port === 0 ? await freePort(host) : port;
  return new Promise((resolve, reject) => {
    listenOn(host, wanted, constants.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
      if (socket === false) reject(new Error(`port ${wanted} on ${host} is busy: set BATON_PORT to another one`));
      else resolve({ socket, port: uws.us_socket_local_port(socket) });
    });
  });
}

/**
 * uWebSockets.js makes no reusable address of port 0: a gateway that was killed could not come back to the port that its
 * clients know before their sockets have timed out in the kernel, a minute later.
 */
async function freePort(host: string): Promise<number> {
  const probe = createServer();
  await once(probe.listen(0, host), 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
