/**
 * scam-analysis: live progress of checks (docs/systems/scam-analysis.md).
 *
 *   ws   /ws/agent-progress/{task_id}, /ws/agent-progress?task_ids=a,b; the same under /api
 *   POST /api/scam/analyze, /api/scam/reports, /api/agent-progress/{task_id}
 *   GET  /api/scam/tasks/{task_id}, POST …/cancel
 */
import { dialectIdPattern, scamTasksPerSocket, socketIdleSeconds } from '../../../protocol/limits.ts';
import { openEntityReports, type EntityReports } from '../../../stores/entities/entity-reports.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import type { Dialect, SocketAddress, SocketCall } from '../dialect.ts';
import { Translator } from '../translation.ts';
import { Audience } from './audience.ts';
import { contractClocks, type Clocks } from './clocks.ts';
import { reportRoutes } from './report-routes.ts';
import { requireTask } from './require-task.ts';
import { refuseMalformed, ScamSession } from './session.ts';
import { taskRoutes } from './task-routes.ts';
import { translation } from './translation.ts';

export function createDialect(context: SurfaceContext, clocks: Clocks = contractClocks): Dialect {
  const { engine, log, config } = context;
  const translator = new Translator(translation);
  const audience = new Audience();
  let store: EntityReports | null = null;
  const reports = () => (store ??= openEntityReports(config.dataDir));
  context.stopping.addEventListener('abort', () => store?.close());

  const address = (path: string, tasksOf: (call: SocketCall) => string[], namesTasks: boolean): SocketAddress => ({
    path,
    idleSeconds: socketIdleSeconds,
    check: (call) => requireTask(call.guard, tasksOf(call)),
    open(socket, call) {
      const tasks = tasksOf(call);
      const fault = faultOf(tasks);
      if (fault !== null) return refuseMalformed(socket, fault);
      const session = new ScamSession(socket, tasks, {
        guard: call.guard,
        engineRuns: engine.runs,
        translator,
        clocks,
        audience,
        replays: call.query.get('replay') !== '0',
        namesTasks,
        onFault: (task, error) => log.warn({ system: 'scam', task_id: task, err: error }, 'a task could not be read'),
      });
      session.start();
      return session;
    },
  });

  const single = ({ param }: SocketCall) => [param('task_id') ?? ''];
  const several = ({ query }: SocketCall) => [...new Set((query.get('task_ids') ?? '').split(','))];
  const prefixes = ['', '/api'];
  return {
    name: 'scam',
    routes: [...taskRoutes(translator), ...reportRoutes(audience, reports)],
    sockets: prefixes.flatMap((prefix) => [
      address(`${prefix}/ws/agent-progress/{task_id}`, single, false),
      address(`${prefix}/ws/agent-progress`, several, true),
      // A blank or a slash too many is a malformed id, and no other address.
      address(`${prefix}/ws/agent-progress/*`, () => [''], false),
    ]),
  };
}

function faultOf(tasks: readonly string[]): string | null {
  if (tasks.length > scamTasksPerSocket) return `A socket watches at most ${scamTasksPerSocket} tasks`;
  if (tasks.every((task) => dialectIdPattern.test(task))) return null;
  return 'The task id is malformed: 1 to 128 letters, digits and . _ : -';
}
