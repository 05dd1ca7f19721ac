/**
 * The engine's port in memory, scripted by tests of the surface alone: runs whose events a test appends by hand.
 * What a run really does is tested on the real engine.
 */
import { BatonError } from '../protocol/errors.ts';
import { emptyState, fold } from '../protocol/fold.ts';
import type { Principal } from '../protocol/execution.ts';
import type { EventType, LiveFrame, RunEvent } from '../protocol/schemas/event.ts';
import type { RunState } from '../protocol/schemas/state.ts';
import { endedStatuses } from '../protocol/schemas/state.ts';
import type { Engine, Feed, FeedListener, KnowledgePort, LogEntry, LogPage, Runs } from './engine.ts';
import { EncodedEntry } from './feed/log-entry.ts';

export interface EventParts {
  agent?: string;
  step?: string;
  attempt?: number;
  data?: Record<string, unknown>;
}

export class TestRun {
  readonly id: string;
  readonly entries: LogEntry[] = [];
  readonly listeners = new Set<FeedListener>();
  readonly state: RunState;
  readonly lives: LiveFrame[] = [];
  /** Entries before this seq are past retention. */
  firstKept = 1;
  /** Makes `readNow` answer null, as for a log that was evicted. */
  isEvicted = false;
  /** Feeds that were opened and not yet let go of. */
  openFeeds = 0;
  /** Thrown by readings of an evicted log. */
  readFault: Error | null = null;

  constructor(id: string) {
    this.id = id;
    this.state = emptyState(id);
  }

  get lastSeq(): number {
    return this.entries.length;
  }

  append(type: EventType, { data = {}, ...parts }: EventParts = {}): RunEvent {
    const at = new Date().toISOString();
    const event: RunEvent = { seq: this.lastSeq + 1, at, recordedAt: at, type, ...parts, data };
    this.entries.push(new EncodedEntry(event));
    fold(this.state, event);
    for (const listener of this.listeners) listener.more();
    return event;
  }

  live(frame: LiveFrame): void {
    for (const listener of this.listeners) listener.live(frame);
  }

  disturb(from: number, to: number): void {
    for (const listener of this.listeners) listener.gap(from, to);
  }

  page(after: number, limit: number): LogPage {
    const from = Math.max(after, this.firstKept - 1);
    const entries = this.entries.slice(from, from + limit);
    return from > after ? { entries, gap: { from: after + 1, to: from } } : { entries };
  }
}

export class TestEngine implements Engine {
  readonly known = new Map<string, TestRun>();
  /** Every command, as name and arguments. */
  readonly commands: unknown[][] = [];
  readonly blobs = new Map<string, { bytes: Uint8Array; type: string }>();
  isReady = true;
  connection: ((up: boolean) => void) | null = null;
  watcher: ((change: never) => void) | null = null;
  runs: Runs;
  feeds: Engine['feeds'];
  system: Engine['system'] = {
    standing: () => {
      const where = { address: 'temporal.test:7233', namespace: 'default' };
      const temporal = { ...where, reachable: false, answerMs: null, version: null, retentionDays: null };
      return Promise.resolve({ temporal, taskQueues: [] });
    },
    examine: () => Promise.resolve({ verdict: 'ok', at: new Date().toISOString(), items: [] }),
  };
  agentLogs: Engine['agentLogs'] = {
    ofRun: () => ({ items: [], next: 0, previous: null, available: true }),
    ofAll: () => ({ items: [], next: 0, previous: null, available: true }),
  };
  knowledge: KnowledgePort = {
    search: ({ q, owner }) => [
      { url: 'http://site.test/', title: q, text: owner ?? 'all', score: 1, run: 'crawl-1', sourceId: 'src-1' },
    ],
    sources: () => [],
    remove: () => false,
    watch: () => ({ [Symbol.dispose]: () => undefined }),
  };

  constructor() {
    this.runs = scriptedRuns(this);
    this.feeds = {
      open: async (run) => openFeed(this.find(run)),
      whenBegun: () => ({ [Symbol.dispose]: () => undefined }),
      onBegun: () => ({ [Symbol.dispose]: () => undefined }),
      onConnection: (changed) => {
        this.connection = changed;
        return { [Symbol.dispose]: () => (this.connection = null) };
      },
    };
  }

  /** A run that has begun. */
  begin(id: string, owner: string | null = null): TestRun {
    const run = new TestRun(id);
    this.known.set(id, run);
    run.append('run.started', { data: { blueprint: 'echo', owner, input: {} } });
    return run;
  }

  find(id: string): TestRun {
    const run = this.known.get(id);
    if (run) return run;
    throw new BatonError('run_not_found', `there is no run ${id}`, { run: id });
  }

  ready(): Promise<boolean> {
    return Promise.resolve(this.isReady);
  }

  async close(): Promise<void> {
    this.known.clear();
  }
}

function scriptedRuns(engine: TestEngine): Runs {
  const record = (name: string, ...rest: unknown[]) => void engine.commands.push([name, ...rest]);
  const view = (run: string) => ({ ...engine.find(run).state, source: 'workflow' as const });
  const command = (name: string) => (run: string, given: unknown, by: Principal) => {
    engine.find(run);
    record(name, run, given, by.name);
    return Promise.resolve(view(run));
  };
  return {
    blueprints: () => [
      { name: 'echo', description: 'says it again', inputSchema: { type: 'object' }, example: {}, available: true },
    ],
    async start({ id = `run-${engine.known.size + 1}`, blueprint, input }, by, options = {}) {
      record('start', id, input, by.name, options.idempotencyKey);
      if (blueprint !== 'echo') throw new BatonError('blueprint_not_found', `there is no blueprint ${blueprint}`);
      const isNew = !engine.known.has(id);
      if (isNew) engine.begin(id, by.authenticated ? by.name : null);
      return { run: view(id), created: isNew };
    },
    begin: async (run, by) => void (await command('begin')(run, null, by)),
    message: command('message'),
    retry: (run, by) => command('retry')(run, null, by),
    resume: command('resume'),
    reset: command('reset'),
    fork: command('fork'),
    pause: command('pause'),
    unpause: command('unpause'),
    retryStep: command('retryStep'),
    terminate: command('terminate'),
    act: async (run, { action, ...given }, by) => (await command(action)(run, given, by)).id,
    predict: async (run, given) => {
      engine.find(run);
      record('predict', run, given);
      return await Promise.resolve({ repeats: [], questions: [], from: { step: null, seq: 0 } });
    },
    count: async (filter) => {
      record('count', filter);
      return await Promise.resolve({ total: engine.known.size, byStatus: { running: engine.known.size } });
    },
    failureGroups: async (filter) => {
      record('failureGroups', filter);
      return await Promise.resolve({ items: [], ungrouped: 0 });
    },
    async cancel(run, given, by) {
      if (endedStatuses.has(engine.find(run).state.status))
        throw new BatonError('run_ended', `run ${run} has ended`, { run });
      await command('cancel')(run, given, by);
    },
    async publish(run, publication, by) {
      record('publish', run, publication, by.name);
      await Promise.resolve();
    },
    async answer(run, question, answer, by) {
      await command('answer')(run, { question, answer }, by);
      return { outcome: answer === 'later' ? 'recorded' : 'accepted', have: 1, need: 1 };
    },
    state: (run) => Promise.resolve().then(() => view(run)),
    export: (run) => Promise.reject(new Error(`not scripted: ${run}`)),
    delete: async (run, { terminate }, by) => {
      record('delete', run, terminate, by.name);
      return await Promise.resolve({
        run,
        executions: 0,
        blobs: 0,
        payloads: 0,
        sources: 0,
        logLines: 0,
        archived: false,
        pending: false,
      });
    },
    deleteOwner: async (owner, { terminate }, by) => {
      record('deleteOwner', owner, terminate, by.name);
      return await Promise.resolve({ owner, runs: [], sources: 0 });
    },
    timeline: (run, query) => Promise.reject(new Error(`not scripted: ${run} ${JSON.stringify(query)}`)),
    list: (query) => {
      record('list', query);
      return Promise.resolve({ items: [], nextCursor: null });
    },
    jobs: async (query) => {
      record('jobs', query);
      return await Promise.resolve({ items: [], nextCursor: null });
    },
    archive: async (query) => {
      record('archive', query);
      return await Promise.resolve({ items: [], nextCursor: null });
    },
    questions: () =>
      Promise.resolve({
        items: [...engine.known.values()].flatMap((run) =>
          run.state.questions.filter(({ status }) => status === 'open'),
        ),
        nextCursor: null,
      }),
    owner: async (run) => ({ owner: engine.find(run).state.owner, blueprint: 'echo' }),
    async blob(run, ref) {
      const stored = engine.blobs.get(`${run}/${ref}`);
      if (!stored) throw new BatonError('blob_not_found', `run ${run} has no blob ${ref}`);
      const { bytes, type } = stored;
      return { blob: { ref, bytes: bytes.length, type }, read: (from, to) => Promise.resolve(bytes.slice(from, to)) };
    },
    watch: (_query, changed) => {
      engine.watcher = changed;
      return { [Symbol.dispose]: () => (engine.watcher = null) };
    },
  };
}

function openFeed(run: TestRun): Feed {
  run.openFeeds++;
  let isOpen = true;
  return {
    run: run.id,
    get lastSeq() {
      return run.lastSeq;
    },
    get ended() {
      return endedStatuses.has(run.state.status);
    },
    read: async (after, limit) => {
      await Promise.resolve();
      if (run.readFault) throw run.readFault;
      return run.page(after, limit);
    },
    readNow: (after, limit) => (run.isEvicted || after < run.firstKept - 1 ? null : run.page(after, limit)),
    catchUp: () => Promise.resolve(),
    view: () => ({ ...run.state, source: 'log' }),
    lives: () => run.lives,
    listen: (listener) => {
      run.listeners.add(listener);
      return { [Symbol.dispose]: () => void run.listeners.delete(listener) };
    },
    [Symbol.dispose]: () => {
      if (isOpen) run.openFeeds--;
      isOpen = false;
    },
  };
}
