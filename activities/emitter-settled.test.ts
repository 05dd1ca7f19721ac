import { expect, test } from 'vitest';
import type { EmitSignal } from '../protocol/execution.ts';
import type { EventDraft } from '../protocol/schemas/event.ts';
import { systemClock } from './clock.ts';
import { Emitter } from './emitter.ts';

function emitterWith(send: (signal: EmitSignal) => Promise<void>): Emitter {
  return new Emitter({
    step: 'a#1',
    attempt: 1,
    budget: { signals: 100, bytes: 1_000_000 },
    spent: { signals: 0, bytes: 0 },
    send,
    store: () => Promise.reject(new Error('nothing is stored here')),
    onTrouble: () => undefined,
    clock: systemClock,
  });
}

const draft: EventDraft = { type: 'agent.emitted', at: '2026-01-01T00:00:00.000Z', data: {} };

test('settled waits for what was added before it, and not for what came after', async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let sent = 0;
  const emitter = emitterWith(() => (gates[sent++] ?? gates[1])?.promise ?? Promise.resolve());
  await emitter.settled();
  await emitter.add(draft, 10);
  let isSettled = false;
  const settled = emitter.settled().then(() => {
    isSettled = true;
  });
  await expect.poll(() => sent).toBe(1);
  expect(isSettled).toBe(false);
  await emitter.add(draft, 10);
  gates[0]?.resolve();
  await settled;
  await expect.poll(() => sent).toBe(2);
  gates[1]?.resolve();
  await emitter.settled();
});

test('settled rejects when the attempt ends before everything is durable', async () => {
  const emitter = emitterWith(() => new Promise(() => undefined));
  await emitter.add(draft, 10);
  const settled = expect(emitter.settled()).rejects.toThrow('over');
  emitter.abandon(new Error('over'));
  await settled;
});

test('an event that was withdrawn does not pass for one that is still on its way', async () => {
  const gate = Promise.withResolvers<void>();
  const emitter = emitterWith(() => gate.promise);
  await emitter.add(draft, 10);
  let isSettled = false;
  const settled = emitter.settled().then(() => {
    isSettled = true;
  });
  await expect(emitter.add(draft, 10, Promise.reject(new Error('no room')))).rejects.toThrow('no room');
  await new Promise((resolve) => setImmediate(resolve));
  expect(isSettled).toBe(false);
  gate.resolve();
  await settled;
});

test('an event that could not be prepared is waited for no longer', async () => {
  const emitter = emitterWith(() => Promise.resolve());
  const refused = expect(emitter.add(draft, 10, Promise.reject(new Error('no room')))).rejects.toThrow('no room');
  await emitter.settled();
  await refused;
});
