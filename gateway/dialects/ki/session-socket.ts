/**
 * One WebSocket on /ws/chat.
 *
 *   no session_id ─▶ watching all ──init, chat──▶ bound to one session
 *   session_id ─────────────────────────────────▶ bound: told what is stored, then what comes
 */
import type { z } from 'zod';
import { BatonError } from '../../../protocol/errors.ts';
import { cursorRetryMs, socketRequestsInFlight } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import type { Feed } from '../../engine.ts';
import { parseWith } from '../../http/parse.ts';
import type { SocketCall, SocketHandler } from '../dialect.ts';
import { DialectFault } from '../dialect-fault.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import { faults, toKiFault } from './faults.ts';
import { Follower } from './follower.ts';
import { Place } from './place.ts';
import { chatSchema, hitlSchema, initSchema, querySchema } from './schemas.ts';
import type { Sessions } from './sessions.ts';
import { Watcher } from './watcher.ts';

type Fields = Record<string, unknown>;

export class SessionSocket implements SocketHandler {
  private readonly socket: DialectSocket;
  private readonly sessions: Sessions;
  private readonly guard: Guard;
  private readonly after: number;
  private readonly hasCopies: boolean;
  private session: string;
  /** What `init` has said; it holds for the next chats of this socket. */
  private workspacePath: string | undefined;
  private watcher: Watcher | null = null;
  private follower: Follower | 'opening' | null = null;
  private waiting: Disposable | null = null;
  /** The log's seq up to which the session was told while all were watched. */
  private toldBefore = 0;
  /** Commands of one client keep their order. */
  private queue: Promise<void> = Promise.resolve();
  private queued = 0;

  constructor(
    socket: DialectSocket,
    { guard, query }: SocketCall,
    { sessions, pingMs }: { sessions: Sessions; pingMs: number },
  ) {
    this.socket = socket;
    this.sessions = sessions;
    this.guard = guard;
    const parsed = querySchema.safeParse(Object.fromEntries(query));
    const { session_id, after = 0, alias } = parsed.data ?? {};
    this.after = after;
    this.hasCopies = alias !== '0';
    this.session = session_id ?? sessions.newId();
    socket.sendJson({ type: 'connected', session_id: this.session, timestamp: new Date().toISOString() });
    socket.every(pingMs, () => socket.ping());
    if (!parsed.success)
      this.refuse(
        faults.invalidRequest(`${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`),
      );
    else if (session_id === undefined)
      this.watcher = new Watcher(sessions, guard, socket, { hasCopies: this.hasCopies });
    else this.enqueue(() => this.join());
  }

  message(text: string): void {
    if (this.queued >= socketRequestsInFlight) {
      this.refuse(new DialectFault(429, 'rate_limited', `${socketRequestsInFlight} frames of this client are waiting`));
      return;
    }
    this.enqueue(async () => {
      const fields = parseFrame(text);
      const { type } = fields;
      const work = typeof type === 'string' && Object.hasOwn(commands, type) ? commands[type] : undefined;
      if (!work) throw new DialectFault(422, 'unknown_type', `type: one of ${Object.keys(commands).join(', ')}`);
      const { admission } = this.sessions.context;
      if (admission.hasRequestLimit) await admission.request(this.guard.by);
      await work(this, fields);
    });
  }

  drained(): void {
    this.watcher?.resume();
    if (this.follower instanceof Follower) this.follower.resume();
  }

  closed(): void {
    this.stopWaiting();
    this.watcher?.[Symbol.dispose]();
    if (this.follower instanceof Follower) this.follower[Symbol.dispose]();
    this.watcher = null;
    this.follower = null;
  }

  async init(fields: Fields): Promise<void> {
    const { session_id, workspace_path } = parse(initSchema, fields);
    if (workspace_path !== undefined) this.workspacePath = await this.sessions.workspace(workspace_path);
    await this.bind(session_id);
    this.socket.sendJson({
      type: 'initialized',
      session_id: this.session,
      workspace_path: this.workspacePath ?? null,
    });
    await this.join();
  }

  async chat(fields: Fields): Promise<void> {
    const { message, content, ...options } = parse(chatSchema, fields);
    const text = message ?? content ?? '';
    if (text.trim() === '') throw faults.emptyMessage();
    await this.bind(options.session_id);
    await this.sessions.chat(this.guard, this.session, {
      message: text,
      workspacePath: options.workspace_path ?? this.workspacePath,
      autoApprove: options.auto_approve,
      hitlTimeoutSeconds: options.hitl_timeout_seconds,
    });
    await this.join();
  }

  async answer(fields: Fields): Promise<void> {
    await this.orNobody(
      () => this.sessions.answer(this.guard, this.session, parse(hitlSchema, fields)),
      faults.noPending(),
    );
  }

  async cancel(): Promise<void> {
    await this.orNobody(() => this.sessions.cancel(this.guard, this.session), faults.alreadyEnded(this.session));
  }

  pong(): void {
    this.socket.sendJson({ type: 'pong' });
  }

  /** A session that does not run yet is none that is not found, to one who may begin it. */
  private async orNobody(work: () => Promise<void>, otherwise: DialectFault): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw toKiFault(error).code === 'session_not_found' ? otherwise : error;
    }
  }

  /** From now on it is told of one session alone: of the one that it names, or of its own. */
  private async bind(session: string | undefined): Promise<void> {
    if (session !== undefined && session !== this.session) {
      if (this.watcher === null) throw faults.invalidRequest(`session_id: this socket has session ${this.session}`);
      this.session = session;
    }
    const { watcher } = this;
    if (watcher === null) return;
    this.watcher = null;
    const run = await this.sessions.findOrNull(this.guard, this.session);
    watcher[Symbol.dispose]();
    this.toldBefore = run === null ? 0 : watcher.toldOf(run);
  }

  /** Tells the session from its beginning, or from where the client says it was; a session that has not begun is waited for. */
  private async join(): Promise<void> {
    if (this.follower !== null || !this.socket.isOpen) return;
    this.follower = 'opening';
    this.waiting ??= this.sessions.runs.whenBegun(this.guard, this.session, () => this.enqueue(() => this.join()));
    try {
      const feed = await this.openOrNull();
      this.follower = feed && this.socket.isOpen ? this.follow(feed) : null;
      if (!this.socket.isOpen) feed?.[Symbol.dispose]();
    } catch (error) {
      this.follower = null;
      if (!(error instanceof BatonError && error.retry)) throw error;
      this.sessions.context.log.debug({ err: error }, 'a session could not be opened, trying again');
      this.socket.after(cursorRetryMs, () => this.enqueue(() => this.join()));
    }
  }

  private async openOrNull(): Promise<Feed | null> {
    const run = await this.sessions.findOrNull(this.guard, this.session);
    return run === null ? null : await this.guard.open(run);
  }

  private follow(feed: Feed): Follower {
    this.stopWaiting();
    const { socket, sessions, hasCopies, after, toldBefore } = this;
    const place = new Place({ after, afterSeq: toldBefore });
    const follower = new Follower(feed, { socket, sessions, hasCopies, place });
    follower.start();
    return follower;
  }

  private stopWaiting(): void {
    this.waiting?.[Symbol.dispose]();
    this.waiting = null;
  }

  private enqueue(work: () => Promise<void>): void {
    this.queued++;
    this.queue = this.queue.then(async () => {
      try {
        if (this.socket.isOpen) await work();
      } catch (error) {
        this.refuse(error);
      } finally {
        this.queued--;
      }
    });
  }

  private refuse(cause: unknown): void {
    const { code, message } = toKiFault(cause);
    const { log, metrics } = this.sessions.context;
    if (code === 'internal') log.error({ err: cause }, 'a frame could not be worked on');
    metrics.refused.inc({ code });
    this.socket.sendJson({ type: 'error', code, message });
  }
}

const commands: Readonly<Record<string, (socket: SessionSocket, fields: Fields) => Promise<void> | void>> = {
  init: (socket, fields) => socket.init(fields),
  chat: (socket, fields) => socket.chat(fields),
  hitl_response: (socket, fields) => socket.answer(fields),
  cancel: (socket) => socket.cancel(),
  ping: (socket) => socket.pong(),
};

function parseFrame(text: string): Fields {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    throw new DialectFault(422, 'invalid_json', 'a frame is one JSON object');
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame))
    throw new DialectFault(422, 'invalid_json', 'a frame is one JSON object');
  return frame as Fields;
}

function parse<T extends z.ZodType>(schema: T, fields: Fields): z.output<T> {
  return parseWith(schema, fields);
}
