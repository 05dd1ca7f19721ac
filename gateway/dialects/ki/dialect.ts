/** ki-autoagent: a coding assistant whose browser panel listens on one WebSocket. */
import { kiIdleSeconds } from '../../../protocol/limits.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import type { Dialect } from '../dialect.ts';
import { kiRoutes } from './routes.ts';
import { SessionSocket } from './session-socket.ts';
import { Sessions } from './sessions.ts';

export function createDialect(context: SurfaceContext): Dialect {
  const sessions = new Sessions(context);
  return {
    name: 'ki',
    routes: kiRoutes(sessions),
    sockets: [
      {
        path: '/ws/chat',
        idleSeconds: kiIdleSeconds,
        open: (socket, call) => new SessionSocket(socket, call, sessions),
      },
    ],
  };
}
