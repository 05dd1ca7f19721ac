/** mgx-tasks: software-team tasks, streamed as MGX.dev does. Opening a socket on a task begins it. */
import { mgxIdleSeconds } from '../../../protocol/limits.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import type { Dialect } from '../dialect.ts';
import { taskRoutes } from './routes.ts';
import { contractTiming, TaskSession } from './task-session.ts';
import { Tasks } from './tasks.ts';

export function createDialect(context: SurfaceContext, timing = contractTiming): Dialect {
  const tasks = new Tasks(context);
  return {
    name: 'mgx',
    routes: taskRoutes(tasks),
    sockets: [
      {
        path: '/ws/tasks/{task}',
        idleSeconds: mgxIdleSeconds,
        open: (socket, call) => new TaskSession(socket, call, { tasks, log: context.log, timing }),
      },
    ],
  };
}
