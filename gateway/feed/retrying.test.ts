import { expect, it } from 'vitest';
import { BatonError } from '../../protocol/errors.ts';
import { retrying } from './retrying.ts';

const down = () => Promise.reject(new BatonError('temporal_down', 'no answer'));

it('says that Temporal is away and back, and gives the answer', async () => {
  const told: boolean[] = [];
  let calls = 0;
  const result = await retrying(() => (++calls < 3 ? down() : Promise.resolve('here')), {
    signal: new AbortController().signal,
    isPatient: true,
    onAnswer: (isUp) => told.push(isUp),
  });
  expect([result, told]).toEqual(['here', [false, false, true]]);
});

it('says nothing about Temporal when the call was broken off', async () => {
  const told: boolean[] = [];
  const stopped = new AbortController();
  const call = () => {
    stopped.abort();
    return down();
  };
  const broken = retrying(call, { signal: stopped.signal, isPatient: true, onAnswer: (isUp) => told.push(isUp) });
  await expect(broken).rejects.toMatchObject({ code: 'temporal_down' });
  expect(told).toEqual([]);
});
