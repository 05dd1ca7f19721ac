import { expect, test } from 'vitest';
import { Audience } from './audience.ts';

const nothing = () => undefined;

/** An audience whose work a test looks into: the signals it was begun with, and how it is made to be over. */
function watched() {
  const signals: AbortSignal[] = [];
  const endings: (() => void)[] = [];
  const audience = new Audience((signal) => {
    signals.push(signal);
    return new Promise((resolve) => endings.push(resolve));
  });
  return { audience, signals, endings };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 1));

test('works once for all who listen, and not for those who have gone and come back at once', async () => {
  const { audience, signals } = watched();
  expect(audience.signal).toBeNull();
  const leave = audience.subscribe(nothing);
  audience.subscribe(() => undefined)();
  leave();
  const leaveAgain = audience.subscribe(nothing);
  await soon();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  expect(audience.signal).toBe(signals[0]);
  leaveAgain();
  await soon();
  expect(signals[0]?.aborted).toBe(true);
  expect(audience.signal).toBeNull();
});

test('begins anew for who comes after all had gone', async () => {
  const { audience, signals } = watched();
  audience.subscribe(nothing)();
  await soon();
  audience.subscribe(nothing);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test('begins work anew that was over by itself when somebody comes, and lets go of the old first', async () => {
  const { audience, signals, endings } = watched();
  audience.subscribe(nothing);
  endings[0]?.();
  await soon();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  audience.subscribe(() => undefined);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test('tells all who listen, and nobody else', () => {
  const { audience } = watched();
  const told: string[] = [];
  audience.subscribe(() => told.push('one'));
  const leave = audience.subscribe(() => told.push('other'));
  audience.tell();
  leave();
  audience.tell();
  expect(told).toEqual(['one', 'other', 'one']);
});
