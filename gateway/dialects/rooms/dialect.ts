/** request-rooms: start, watch, answer, cancel and rejoin over Socket.IO, plain WebSockets and HTTP. */
import type { SurfaceContext } from '../../http/surface-context.ts';
import type { Dialect } from '../dialect.ts';
import { plainSocket } from './plain-socket.ts';
import { Requests } from './requests.ts';
import { roomRoutes } from './routes.ts';
import { attachSocketIo } from './socket-io.ts';

export function createDialect(context: SurfaceContext): Dialect {
  const requests = new Requests(context);
  return {
    name: 'rooms',
    routes: roomRoutes(requests),
    sockets: ['/', '/ws/requests'].map((path) => plainSocket(path, requests)),
    attach: (app) => attachSocketIo(app, requests),
  };
}
