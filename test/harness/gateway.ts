/** The whole gateway of a test's own: the real engine and worker of `startBaton` behind the real surface. */
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { createLog } from '../../runtime/log.ts';
import { dialectFolders } from '../../gateway/dialects/load-dialects.ts';
import { startSurface, type Surface } from '../../gateway/surface.ts';
import { startBaton, type TestBaton } from './baton.ts';

export interface TestGateway {
  baton: TestBaton;
  url: string;
  wsUrl: string;
  /** Another gateway over the same data. */
  startSecond(): Promise<{ url: string; wsUrl: string; surface: Surface }>;
  stop(): Promise<void>;
}

export async function startTestGateway({
  dialects = [],
  ...options
}: Parameters<typeof startBaton>[0] & { dialects?: readonly string[] } = {}): Promise<TestGateway> {
  const baton = await startBaton(options);
  const { config, metrics } = baton;
  const surfaces: Surface[] = [];
  const open = async (engine = baton.engine) => {
    const log = createLog('test', config.LOG_LEVEL);
    const folders = [...dialectFolders, ...dialects];
    const surface = await startSurface({ config, engine, metrics, log, dialectFolders: folders });
    surfaces.push(surface);
    return { surface, url: `http://127.0.0.1:${surface.port}`, wsUrl: `ws://127.0.0.1:${surface.port}/v1/ws` };
  };
  const { url, wsUrl } = await open();
  return {
    baton,
    url,
    wsUrl,
    startSecond: async () => open(await baton.startEngine()),
    stop: async () => {
      await Promise.all(surfaces.map((surface) => surface.stop()));
      await baton.stop();
    },
  };
}

export type Json = Record<string, unknown>;

export class Api {
  private readonly url: string;
  private readonly token: string | null;

  constructor(url: string, token: string | null = null) {
    this.url = url;
    this.token = token;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Json };
  }

  get(path: string) {
    return this.call('GET', path);
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}) {
    return this.call('POST', path, body, headers);
  }

  /** Starts a run of the test blueprint `script`; returns its id. */
  async script(steps: unknown[], more: Json = {}): Promise<string> {
    const { status, body } = await this.post('/v1/runs', { blueprint: 'script', input: { steps }, ...more });
    if (status !== 201) throw new Error(`not started: ${JSON.stringify(body)}`);
    return String(body['id']);
  }

  /** Long-polls until an event fits; every event up to it. */
  async eventsUntil(run: string, fits: (event: RunEvent) => boolean, after = 0): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    const deadline = Date.now() + 30_000;
    for (let cursor = after; Date.now() < deadline;) {
      const { body } = await this.get(`/v1/runs/${run}/events?after=${cursor}&waitMs=5000`);
      for (const event of body['events'] as RunEvent[]) {
        events.push(event);
        if (fits(event)) return events;
      }
      cursor = body['next'] as number;
    }
    throw new Error(`run ${run} has no such event, but ${events.map(({ type }) => type).join(', ')}`);
  }

  eventsToEnd(run: string, after = 0): Promise<RunEvent[]> {
    return this.eventsUntil(run, ({ type }) => endings.has(type), after);
  }
}

const endings = new Set(['run.completed', 'run.failed', 'run.cancelled', 'run.terminated', 'run.timed_out']);

export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
