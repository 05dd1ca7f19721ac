/** ki-autoagent: a coding assistant whose browser panel listens on one WebSocket. */
import { kiIdleSeconds, kiPingMs } from '../../../protocol/limits.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import type { Dialect } from '../dialect.ts';
import { kiRoutes } from './routes.ts';
import { SessionSocket } from './session-socket.ts';
import { Sessions } from './sessions.ts';

export interface Clocks {
  pingMs: number;
  /** At least 8: less is none to uWebSockets.js. */
  idleSeconds: number;
}

const contractClocks: Clocks = { pingMs: kiPingMs, idleSeconds: kiIdleSeconds };

export function createDialect(context: SurfaceContext, { pingMs, idleSeconds }: Clocks = contractClocks): Dialect {
  const sessions = new Sessions(context);
  return {
    name: 'ki',
    routes: kiRoutes(sessions),
    sockets: [
      {
        path: '/ws/chat',
        idleSeconds,
        open: (socket, call) => new SessionSocket(socket, call, { sessions, pingMs }),
      },
    ],
  };
}
