import { expect, test } from 'vitest';
import type { TimelineStep } from '../../../client/index.ts';
import { faultChain } from './fault-chain.ts';

const attempt = (number: number, message: string | null) => ({
  attempt: number,
  error: message === null ? null : { code: 'agent_failed', message },
});
const step = (name: string, error: { code: string; message: string } | null, attempts: unknown[] = []) =>
  ({ step: name, status: error === null ? 'completed' : 'failed', error, attempts }) as unknown as TimelineStep;

test('a run failed because its step did, because its attempts did, the newest first; what is said twice is told once', () => {
  const fault = { code: 'agent_failed', message: 'no compiler' };
  const steps = [step('coder#1', null), step('coder#2', fault, [attempt(1, 'no disk'), attempt(2, 'no compiler')])];
  const chain = faultChain({ code: 'agent_failed', message: 'coder gave up', step: 'coder#2' }, steps);
  expect(chain.map(({ of, message }) => [of, message])).toEqual([
    ['The run', 'coder gave up'],
    ['Step coder#2', 'no compiler'],
    ['Attempt 1', 'no disk'],
  ]);
});

test('what an error carries as its cause is told, however odd it is', () => {
  const cause = { message: 'socket closed', code: 'ECONNRESET', cause: 'nothing more' };
  expect(faultChain({ code: 'model_failed', message: 'no answer', cause }, [])).toEqual([
    { of: 'The run', code: 'model_failed', message: 'no answer', step: null },
    { of: 'Because', code: 'ECONNRESET', message: 'socket closed', step: null },
  ]);
});
