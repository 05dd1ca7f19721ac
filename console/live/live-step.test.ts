import { expect, test } from 'vitest';
import type { LiveFrame } from '../../client/index.ts';
import { withFrame, type LiveStep } from './live-step.ts';

const frame = (more: Partial<LiveFrame>): LiveFrame => ({
  agent: 'writer',
  step: 'writer#1',
  attempt: 1,
  at: '2026-11-21T12:00:00.000Z',
  ...more,
});
const take = (frames: LiveFrame[]) =>
  frames.reduce<LiveStep | undefined>((before, each) => withFrame(before, each), undefined);

test('text is put together, and the newest progress kept, of one attempt', () => {
  const step = take([frame({ text: 'To be', fraction: 0.1, message: 'writing' }), frame({ text: ' or not' })]);
  expect(step).toMatchObject({ text: 'To be or not', fraction: 0.1, message: 'writing' });
});

test('the next attempt begins anew, and what the one before still says is not heard', () => {
  const step = take([
    frame({ text: 'old', fraction: 0.9 }),
    frame({ attempt: 2, text: 'new' }),
    frame({ text: 'late' }),
  ]);
  expect(step).toMatchObject({ attempt: 2, text: 'new', fraction: null });
});

test('of a long text the end is kept', () => {
  const step = take([frame({ text: 'a'.repeat(39_999) }), frame({ text: 'bc' })]);
  expect(step?.text).toHaveLength(40_000);
  expect(step?.text.endsWith('abc')).toBe(true);
});
