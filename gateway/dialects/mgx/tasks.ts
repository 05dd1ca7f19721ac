/** Tasks as requests and sockets ask for them: the engine's runs, seen through the translation. */
import { randomBytes } from 'node:crypto';
import { BatonError } from '../../../protocol/errors.ts';
import { cursorSettleMs, eventsPageBytes } from '../../../protocol/limits.ts';
import { contract, type MgxInput } from '../../../workflows/mgx-tasks/contract.ts';
import type { Guard } from '../../auth/guard.ts';
import { awaitMore } from '../../cursor/await-more.ts';
import type { Feed } from '../../engine.ts';
import { withFeed } from '../../feed/with-feed.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import { DialectFault, type FaultTable } from '../dialect-fault.ts';
import { DialectRuns } from '../dialect-runs.ts';
import { readTranslated } from '../read-translated.ts';
import { Translator, type Frame } from '../translation.ts';
import type { TaskEvent, TaskMessage } from './messages.ts';
import { isEnded, type TaskState } from './task-state.ts';
import { translation } from './translation.ts';

export const faults: FaultTable = {
  run_not_found: { status: 404, code: 'task_not_found' },
  run_ended: { status: 409, code: 'task_finished' },
  run_not_ended: { status: 409, code: 'task_not_finished' },
  run_moved: { status: 409, code: 'task_moved' },
  invalid_json: { status: 422, code: 'invalid_request' },
  unsupported_media_type: { status: 422, code: 'invalid_request' },
};

const idBytes = 8;

export class Tasks {
  readonly runs = new DialectRuns('mgx', [contract.name]);
  readonly parts: { translator: Translator<TaskState, TaskMessage>; runs: SurfaceContext['engine']['runs'] };
  private readonly context: SurfaceContext;

  constructor(context: SurfaceContext) {
    this.context = context;
    this.parts = { translator: new Translator(translation), runs: context.engine.runs };
  }

  /** On hold: it begins when somebody watches it, or runs it. */
  async create(guard: Guard, input: MgxInput): Promise<TaskState> {
    const id = this.runs.idOf(`tk-${randomBytes(idBytes).toString('hex')}`);
    const { run } = await guard.start({ blueprint: contract.name, input, id, hold: true }, { dialect: 'mgx' });
    return await this.read(guard, run.id);
  }

  /** The run of a client's id. Errors: task_not_found. */
  async find(guard: Guard, id: string | null): Promise<string> {
    const run = await this.runs.findOrNull(guard, id ?? '');
    if (run !== null) return run;
    throw new DialectFault(404, 'task_not_found', id === null ? 'There is no such task' : `There is no task ${id}`);
  }

  read(guard: Guard, run: string): Promise<TaskState> {
    return withFeed(guard, run, (feed) => this.readFeed(feed));
  }

  /** Events after an event_id, as many as one answer may hold. Errors: cursor_ahead. */
  events(guard: Guard, run: string, after: number): Promise<TaskEvent[]> {
    return withFeed(guard, run, async (feed) => {
      await this.upTo(feed, after);
      const events: TaskEvent[] = [];
      let characters = 0;
      await this.readFeed(feed, (frames) => {
        for (const { message, text } of frames) {
          if (message.type !== 'event' || message.data.event_id <= after || characters > eventsPageBytes) continue;
          events.push(message.data);
          characters += text.length;
        }
      });
      return events;
    });
  }

  /**
   * The task as it stands. Another gateway may have told a client of an event that this one reads a moment later, so an
   * `after` beyond the log is given that moment. Errors: cursor_ahead.
   */
  async upTo(feed: Feed, after: number): Promise<TaskState> {
    let task = await this.readFeed(feed);
    const deadline = AbortSignal.timeout(cursorSettleMs);
    while (task.eventId < after && !deadline.aborted) {
      const more = awaitMore(feed, deadline);
      task = await this.readFeed(feed);
      if (task.eventId < after) await more;
    }
    if (task.eventId >= after) return task;
    throw new BatonError('cursor_ahead', `Task ${task.id} has ${task.eventId} events: ask after one of them`, {
      field: 'after',
    });
  }

  private readFeed(feed: Feed, told?: (frames: readonly Frame<TaskMessage>[]) => void): Promise<TaskState> {
    return readTranslated(feed, this.runs.clientOf(feed.run), this.parts, told);
  }

  /** Whoever comes first begins it. Nothing happens where it runs, or is over. */
  async begin(guard: Guard, run: string): Promise<void> {
    try {
      await guard.begin(run);
    } catch (error) {
      const isLate = error instanceof BatonError && (error.code === 'run_not_pending' || error.code === 'run_ended');
      if (!isLate) throw error;
    }
  }

  /** Errors: task_finished. */
  async run(guard: Guard, run: string): Promise<TaskState> {
    const task = await this.read(guard, run);
    if (isEnded(task)) throw new DialectFault(409, 'task_finished', `Task ${task.id} is ${task.status}`);
    if (task.status !== 'PENDING') return task;
    await this.begin(guard, run);
    return await this.read(guard, run);
  }

  /** The same once more, on hold. Errors: task_finished for one that is complete, task_not_finished, task_moved. */
  async retry(guard: Guard, run: string): Promise<TaskState> {
    const { id, status, prompt, title, testMode } = await this.read(guard, run);
    if (status === 'COMPLETED') throw new DialectFault(409, 'task_finished', `Task ${id} is COMPLETED`);
    if (status !== 'FAILED' && status !== 'CANCELLED')
      throw new DialectFault(409, 'task_not_finished', `Task ${id} is ${status}: it has not failed`);
    const input: MgxInput = { prompt, title, testMode };
    await guard.message(run, input, { hold: true });
    return await this.read(guard, run);
  }
}
