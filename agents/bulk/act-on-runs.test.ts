import { expect, test } from 'vitest';
import { AgentStopped } from '../../protocol/agent-stopped.ts';
import type { AgentContext } from '../../protocol/agent.ts';
import { BatonError } from '../../protocol/errors.ts';
import type { JobResult } from '../../protocol/schemas/jobs.ts';
import { actOnRuns } from './act-on-runs.ts';
import type { ActInput } from './contract.ts';
import type { Told } from './ledger.ts';
import type { Following, OpsPort } from './ops-port.ts';

const runs = Array.from({ length: 40 }, (_, index) => `r${index}`);
const input: ActInput = {
  job: { action: 'retry', filter: { status: ['failed'] }, perSecond: 100 },
  selected: {
    count: runs.length,
    byStatus: { failed: runs.length },
    blob: { ref: 'b', bytes: 1, type: 'application/json' },
  },
};

/** Attempts of one step: what they tell goes into one log, and a checkpoint outlives its attempt. */
class Step {
  readonly told: Told[] = [];
  readonly messages: string[] = [];
  checkpoint: unknown = undefined;
  stop = new AbortController();

  attempt(port: OpsPort): ReturnType<typeof actOnRuns> {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const ctx: AgentContext = {
      run: 'bulk-1',
      step: 'bulk-act#1',
      attempt: 1,
      owner: 'olga',
      instructions: null,
      context: {},
      returned: [],
      signal,
      idempotencyKey: 'bulk-1/bulk-act#1',
      workId: 'work',
      resumedFrom: this.checkpoint,
      progress: (_fraction, message) => void this.messages.push(message),
      text: () => undefined,
      emit: async (_kind, data) => void this.told.push(data as unknown as Told),
      settled: () => Promise.resolve(),
      checkpoint: (value) => void (this.checkpoint = value),
      storeBlob: () => Promise.reject(new Error('nothing is stored')),
      readBlob: () => Promise.resolve(Buffer.from(JSON.stringify(runs))),
      log,
    };
    return actOnRuns(ctx, input, port);
  }

  get results(): JobResult[] {
    const results: JobResult[] = [];
    for (const told of this.told) results.push(...told.results.slice(Math.max(0, results.length - told.first)));
    return results;
  }
}

const neverPaused: Following = {
  paused: false,
  untilUnpaused: () => Promise.resolve(),
  [Symbol.dispose]: () => undefined,
};

function acting(act: OpsPort['act'], following = neverPaused): OpsPort {
  return {
    select: () => {
      throw new Error('nothing is selected');
    },
    act,
    follow: () => Promise.resolve(following),
    close: () => Promise.resolve(),
  };
}

test('every run has its result: done, refused with the code, or failed after several tries; a server that is away is waited for', async () => {
  const step = new Step();
  const asked = new Map<string, number>();
  const requests = new Set<string>();
  const end = await step.attempt(
    acting((run, act, by, requestId) => {
      expect([act, by]).toEqual([
        { action: 'retry' },
        { name: 'olga', roles: ['ops'], authenticated: true, via: 'job', from: 'bulk-1' },
      ]);
      requests.add(requestId);
      const times = (asked.get(run) ?? 0) + 1;
      asked.set(run, times);
      if (run === 'r3') return Promise.reject(new BatonError('run_not_ended', 'r3 is running'));
      if (run === 'r5') return Promise.reject(new Error('broken'));
      if (run === 'r7' && times < 5) return Promise.reject(new BatonError('temporal_down', 'no answer'));
      return Promise.resolve(run === 'r9' ? 'fork-of-r9' : run);
    }),
  );
  expect(end).toMatchObject({
    done: { count: 40, done: 38, refused: 1, failed: 1, codes: { run_not_ended: 1, internal: 1 } },
    message: '40 of 40, 1 refused, 1 failed',
  });
  expect(step.results.map(({ run }) => run)).toEqual(runs);
  expect([3, 5, 9].map((place) => step.results[place])).toEqual([
    { run: 'r3', outcome: 'refused', code: 'run_not_ended', message: 'r3 is running' },
    { run: 'r5', outcome: 'failed', code: 'internal', message: 'broken' },
    { run: 'r9', outcome: 'done', fork: 'fork-of-r9' },
  ]);
  expect([asked.get('r5'), asked.get('r7'), requests.size]).toEqual([3, 5, 40]);
});

test('an attempt that is told to stop waits for what it has begun with, and the next goes on from there', async () => {
  const step = new Step();
  const asked: string[] = [];
  const stopping = step.attempt(
    acting(async (run) => {
      asked.push(run);
      if (asked.length === 15) step.stop.abort(new AgentStopped('paused', 'the step is paused'));
      await Promise.resolve();
      return run;
    }),
  );
  await expect(stopping).rejects.toMatchObject({ why: 'paused' });
  expect(step.results.map(({ run }) => run)).toEqual(asked);
  expect(step.checkpoint).toMatchObject({ told: asked.length, counts: { done: asked.length } });
  const end = await step.attempt(acting((run) => (asked.push(run), Promise.resolve(run))));
  expect(end).toMatchObject({ done: { done: 40 } });
  expect(asked).toEqual(runs);
  expect(step.results.map(({ run }) => run)).toEqual(runs);
});

test('one that is still tried when the attempt is told to stop is left to the next, and those behind it are told after it', async () => {
  const step = new Step();
  const stopping = step.attempt(
    acting((run) => {
      if (run === 'r20') setImmediate(() => step.stop.abort(new AgentStopped('stopping', 'the worker is stopping')));
      return run === 'r4' ? Promise.reject(new BatonError('temporal_down', 'no answer')) : Promise.resolve(run);
    }),
  );
  await expect(stopping).rejects.toMatchObject({ why: 'stopping' });
  expect(step.results.map(({ run }) => run)).toEqual(runs.slice(0, 4));
  const again: string[] = [];
  await step.attempt(acting((run) => (again.push(run), Promise.resolve(run))));
  expect(again).toEqual(runs.slice(4));
  expect(step.results.map(({ run }) => run)).toEqual(runs);
});

test('while its run is paused nothing is begun with; once it is unpaused it goes on', async () => {
  const step = new Step();
  const asked: string[] = [];
  let isPaused = false;
  const following = {
    ...neverPaused,
    get paused() {
      return isPaused;
    },
    untilUnpaused: async () => {
      const before = asked.length;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(asked.length).toBe(before);
      isPaused = false;
    },
  };
  const end = await step.attempt(
    acting((run) => {
      asked.push(run);
      if (run === 'r9') isPaused = true;
      return Promise.resolve(run);
    }, following),
  );
  expect([isPaused, asked]).toEqual([false, runs]);
  expect(end).toMatchObject({ done: { done: 40 } });
});
