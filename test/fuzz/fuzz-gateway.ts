/** A Baton to be ill-treated: real engine, real surface, its whole log captured, and what it holds counted. */
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Client } from '@temporalio/client';
import { expect } from 'vitest';
import { createEngine } from '../../gateway/create-engine.ts';
import { FeedRegistry } from '../../gateway/feed/feed-registry.ts';
import { createMetrics, type Metrics } from '../../gateway/metrics/metrics.ts';
import { startSurface } from '../../gateway/surface.ts';
import { crawlLogLingerMs } from '../../protocol/limits.ts';
import { verifierType } from '../../protocol/verifier.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { createLog } from '../../runtime/log.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { startBaton } from '../harness/baton.ts';
import { busyMs } from '../harness/busy.ts';
import { Api } from '../harness/gateway.ts';
import { testBlueprints } from '../harness/test-blueprints.ts';

/** Each with a token that is found nowhere else, so that it can be searched for. */
export const tokens = {
  ann: 'token-of-ann-5f3a9c',
  bob: 'token-of-bob-77e1d0',
  hugo: 'token-of-hugo-c40b12',
  olga: 'token-of-olga-0d9e64',
};
export type Person = keyof typeof tokens;
const AUTH_TOKEN = `ann:client:${tokens.ann},bob:client:${tokens.bob},hugo:human:${tokens.hugo},olga:ops:${tokens.olga}`;

export interface FuzzGateway {
  url: string;
  wsUrl: string;
  metrics: Metrics;
  client: Client;
  as(person: Person): Api;
  /** Of runs, begun here, as Temporal counts them: a run that goes on has several. */
  countExecutions(): Promise<number>;
  /** Everything that was logged, at any level. */
  logged(): string;
  /** Nothing is open that clients opened. */
  expectNothingHeld(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFuzzGateway(
  settings: Record<string, string> = {},
  { worker = true }: { worker?: boolean } = {},
): Promise<FuzzGateway> {
  const lines: string[] = [];
  const log = createLog('fuzzed', 'trace', { write: (line) => void lines.push(line) });
  const baton = await startBaton({
    settings: { AUTH_TOKEN, BATON_RATE_LIMIT: '0', BATON_MAX_BODY_BYTES: '100000', LOG_LEVEL: 'silent', ...settings },
    worker,
  });
  const { config, bus } = baton;
  const metrics = createMetrics();
  const engine = await createEngine(config, { bus, log, metrics, folders: testBlueprints });
  const surface = await startSurface({ config, engine, metrics, log });
  const client = connectTemporal(config, createDataConverter(config));
  const url = `http://127.0.0.1:${surface.port}`;
  const { feeds } = engine;
  if (!(feeds instanceof FeedRegistry)) throw new Error('the feeds cannot be counted');
  return {
    url,
    wsUrl: `ws://127.0.0.1:${surface.port}/v1/ws`,
    metrics,
    client,
    as: (person) => new Api(url, tokens[person]),
    countExecutions: () => settledCount(client, config.BATON_TASK_QUEUE),
    logged: () => lines.join(''),
    async expectNothingHeld() {
      const { sockets, streams, subscriptions, backpressured, dialectSockets } = metrics;
      const held = async () => {
        const gauges = await Promise.all(
          [sockets, streams, subscriptions, backpressured, dialectSockets].map((gauge) => gauge.get()),
        );
        return gauges.flatMap(({ name, values }) => values.filter(({ value }) => value !== 0).map(() => name));
      };
      await expect.poll(held).toEqual([]);
      // The log of the crawls follows those of other tests, too, and lingers.
      await expect.poll(() => feeds.held, { timeout: crawlLogLingerMs + busyMs }).toEqual([]);
      await expect.poll(() => feeds.awaited).toEqual([]);
    },
    async stop() {
      await surface.stop();
      await engine.close();
      await client.connection.close();
      await baton.stop();
    },
  };
}

/** Bytes of live objects, after everything else was collected. */
export function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** No secret, and no line that a client has forged: each is one JSON object of ours. */
export function expectCleanLog(log: string, secrets: readonly string[]): void {
  for (const secret of secrets) expect(log.includes(secret), `the log holds ${secret}`).toBe(false);
  for (const line of log.split('\n')) {
    if (line !== '') expect(JSON.parse(line)).toMatchObject({ role: 'fuzzed', pid: process.pid });
  }
}

/**
 * Visibility is told of an execution a moment after it has begun: what two looks agree on counts. Not those by which the gateway
 * asks workers before an act whether their code fits: they are no runs.
 */
async function settledCount(client: Client, taskQueue: string): Promise<number> {
  for (let last = -1; ; await delay(250)) {
    const { count } = await client.workflow.count(`TaskQueue = '${taskQueue}' AND WorkflowType != '${verifierType}'`);
    if (count === last) return count;
    last = count;
  }
}
