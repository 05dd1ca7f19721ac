/**
 * One socket on one task.
 *
 *   entering ──no such task──▶ error, 1008
 *      └──▶ connected, state ──(PENDING: begin)──▶ stored events ──▶ live ones, states ──▶ last state, 1000
 *
 * Of what was there at the join the events alone are told: the state of that moment stands before them.
 */
import { z } from 'zod';
import { closeCodes } from '../../../protocol/errors.ts';
import { mgxPingMs, mgxStateIntervalMs } from '../../../protocol/limits.ts';
import { cursorSchema } from '../../../protocol/schemas/commands.ts';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Guard } from '../../auth/guard.ts';
import type { Feed } from '../../engine.ts';
import { parseWith } from '../../http/parse.ts';
import type { SocketCall, SocketHandler } from '../dialect.ts';
import { DialectCursor, type DialectReader } from '../dialect-cursor.ts';
import { toDialectFault } from '../dialect-fault.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { Frame } from '../translation.ts';
import type { TaskMessage } from './messages.ts';
import { isEnded, stateMessage, type TaskState } from './task-state.ts';
import { faults, type Tasks } from './tasks.ts';

export interface SessionTiming {
  pingMs: number;
  stateIntervalMs: number;
}

export const contractTiming: SessionTiming = { pingMs: mgxPingMs, stateIntervalMs: mgxStateIntervalMs };

interface SessionParts {
  tasks: Tasks;
  log: Log;
  timing: SessionTiming;
}

const querySchema = z.object({ after: cursorSchema });

interface Joined {
  run: string;
  /** The task at the join. */
  task: TaskState;
  /** The last event that the client has seen. */
  after: number;
}

export class TaskSession implements SocketHandler {
  private readonly socket: DialectSocket;
  private readonly guard: Guard;
  private readonly parts: SessionParts;
  private readonly entering: Promise<Joined | null>;
  private cursor: DialectCursor<TaskState, TaskMessage> | null = null;
  /** What is told again when nothing has changed it for the interval, and since when it stands. */
  private shown: { task: TaskState; atMs: number } | null = null;

  constructor(socket: DialectSocket, call: SocketCall, parts: SessionParts) {
    this.socket = socket;
    this.guard = call.guard;
    this.parts = parts;
    this.entering = this.enter(call);
  }

  message(text: string): void {
    void this.entering.then((joined) => (joined === null ? undefined : this.command(joined, text)));
  }

  drained(): void {
    this.cursor?.resume();
  }

  closed(): void {
    this.cursor?.[Symbol.dispose]();
  }

  private async enter({ param, query }: SocketCall): Promise<Joined | null> {
    const { tasks, log } = this.parts;
    try {
      const { after } = parseWith(querySchema, { after: query.get('after') ?? 0 });
      const run = await tasks.find(this.guard, param('task'));
      const feed = await this.guard.open(run);
      let isHandedOver = false;
      try {
        const joined = { run, after, task: await tasks.upTo(feed, after) };
        isHandedOver = this.socket.isOpen;
        if (isHandedOver) this.join(joined, feed);
        return joined;
      } finally {
        if (!isHandedOver) feed[Symbol.dispose]();
      }
    } catch (error) {
      const { status } = this.tell(error);
      if (status === 500) log.error({ err: error }, 'a socket could not join its task');
      this.socket.close(status >= 500 ? closeCodes.tryLater : closeCodes.policyViolation, 'see the error');
      return null;
    }
  }

  private join(joined: Joined, feed: Feed): void {
    const { socket } = this;
    const { tasks, timing } = this.parts;
    const { run, task } = joined;
    const message = `Subscribed to task ${task.id}`;
    socket.cork(() => {
      this.send({ type: 'connected', data: { task_id: task.id, message, status: task.status } });
      this.sendState(task);
    });
    socket.every(timing.pingMs, () => socket.ping());
    this.cursor = new DialectCursor(feed, task.id, { ...tasks.parts, reader: this.reader(joined) });
    this.cursor.start();
    if (task.status === 'PENDING') void this.begin(run);
  }

  private reader(joined: Joined): DialectReader<TaskState, TaskMessage> {
    const { socket } = this;
    return {
      hasRoom: (isLive) => socket.hasRoom(isLive),
      frames: (frames, event, task) => socket.cork(() => this.frames(joined, frames, { event, task })),
      live: () => undefined,
      end: () => socket.close(closeCodes.normal, 'the task is over'),
      gap: (from, to) =>
        this.send({
          type: 'error',
          data: { code: 'events_expired', message: `Part of the log is past retention: ${from} to ${to}` },
        }),
      fault: (error) => this.parts.log.warn({ run: joined.run, err: error }, 'the log of a task could not be read'),
    };
  }

  private frames(
    { task: atJoin, after }: Joined,
    frames: readonly Frame<TaskMessage>[],
    { event, task }: { event: RunEvent; task: TaskState },
  ): void {
    const isNews = event.seq > atJoin.lastSeq;
    for (const frame of frames) {
      const { message } = frame;
      if (message.type === 'event' ? message.data.event_id > after : isNews) this.socket.send(frame.text);
    }
    if (isNews) this.tellStateLater(task);
    if (event.seq >= atJoin.lastSeq && isEnded(task)) this.socket.close(closeCodes.normal, 'the task is over');
  }

  private async begin(run: string): Promise<void> {
    try {
      await this.parts.tasks.begin(this.guard, run);
    } catch (error) {
      // Opened again, the socket tries again.
      if (this.tell(error).status >= 500) this.socket.close(closeCodes.tryLater, 'see the error');
    }
  }

  private async command({ run }: Joined, text: string): Promise<void> {
    if (!isCancel(text)) {
      const message = 'Send {"type":"cancel"}; nothing else is understood here';
      this.send({ type: 'error', data: { code: 'invalid_message', message } });
      return;
    }
    try {
      await this.guard.cancel(run, {});
    } catch (error) {
      this.tell(error);
    }
  }

  private tell(error: unknown): { status: number } {
    const { status, code, message } = toDialectFault(error, faults);
    this.send({ type: 'error', data: { code, message } });
    return { status };
  }

  private sendState(task: TaskState): void {
    this.send(stateMessage(task));
    this.tellStateLater(task);
  }

  /** However little happens, the state is told again after the interval. One timer for each, however much happens. */
  private tellStateLater(task: TaskState): void {
    const isAwaited = this.shown !== null;
    this.shown = { task, atMs: performance.now() };
    if (!isAwaited) this.awaitState(this.parts.timing.stateIntervalMs);
  }

  private awaitState(ms: number): void {
    this.socket.after(ms, () => {
      const { shown } = this;
      if (shown === null) return;
      const leftMs = shown.atMs + this.parts.timing.stateIntervalMs - performance.now();
      if (leftMs > 0) {
        this.awaitState(leftMs);
        return;
      }
      this.shown = null;
      this.sendState(shown.task);
    });
  }

  private send(message: TaskMessage): void {
    this.socket.sendJson(message);
  }
}

function isCancel(text: string): boolean {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type === 'cancel';
  } catch {
    return false;
  }
}
