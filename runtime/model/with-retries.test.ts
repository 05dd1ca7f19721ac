import { expect, test } from 'vitest';
import { BatonError } from '../../protocol/errors.ts';
import { modelRetryMaxMs, modelRetryMs, modelTries } from '../../protocol/limits.ts';
import type { ModelFault } from './model-fault.ts';
import { withRetries } from './with-retries.ts';

const passing: ModelFault = { error: new BatonError('model_failed', 'down'), isPassing: true, retryAfterMs: null };

async function waitsWith(random: number): Promise<number[]> {
  const waits: number[] = [];
  const failing = withRetries(() => Promise.reject(new Error('down')), {
    signal: new AbortController().signal,
    faultOf: () => passing,
    pause: async (waitMs) => void waits.push(waitMs),
    random: () => random,
  });
  await expect(failing).rejects.toBe(passing.error);
  return waits;
}

test('waits double up to their longest, and a random half of each may be left out', async () => {
  const whole = await waitsWith(0);
  expect(whole).toHaveLength(modelTries - 1);
  expect(whole).toEqual(whole.map((_, index) => Math.min(modelRetryMs * 2 ** index, modelRetryMaxMs)));
  expect(await waitsWith(1)).toEqual(whole.map((waitMs) => waitMs / 2));
});

test('what does not pass is told at once', async () => {
  let tries = 0;
  const refused = new BatonError('model_refused', 'no');
  const failing = withRetries(() => (tries++, Promise.reject(new Error('no'))), {
    signal: new AbortController().signal,
    faultOf: () => ({ error: refused, isPassing: false, retryAfterMs: 1 }),
  });
  await expect(failing).rejects.toBe(refused);
  expect(tries).toBe(1);
});
