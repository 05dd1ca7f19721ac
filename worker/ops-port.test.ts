import { expect, test, vi } from 'vitest';
import { TestEngine } from '../gateway/test-engine.ts';
import { opsPort } from './ops-port.ts';

function openable() {
  const engine = new TestEngine();
  engine.begin('job');
  return { engine, open: vi.fn(() => Promise.resolve(engine)), close: vi.spyOn(engine, 'close') };
}
const by = { name: 'olga', roles: ['ops'], authenticated: true };

test('the engine is put together with the first that is asked of it, once; one that was never needed is not closed', async () => {
  const { open, close, engine } = openable();
  const idle = opsPort(open);
  await idle.close();
  expect([open.mock.calls.length, close.mock.calls.length]).toEqual([0, 0]);
  const port = opsPort(open);
  const acted = await Promise.all([1, 2, 3].map(() => port.act('job', { action: 'retry' }, by, 'r')));
  expect(acted).toEqual(['job', 'job', 'job']);
  expect(engine.commands).toHaveLength(3);
  await port.close();
  await port.close();
  expect([open.mock.calls.length, close.mock.calls.length]).toEqual([1, 1]);
});

test('where the engine cannot be put together, the next that is asked of it tries again', async () => {
  const { open } = openable();
  open.mockRejectedValueOnce(new Error('no server'));
  const port = opsPort(open);
  await expect(port.act('job', { action: 'retry' }, by, 'r')).rejects.toThrow('no server');
  expect(await port.act('job', { action: 'retry' }, by, 'r')).toBe('job');
});

test('whoever waits for a paused run goes on when it is unpaused, or is told to stop', async () => {
  const { open, engine } = openable();
  const run = engine.find('job');
  const following = await opsPort(open).follow('job');
  expect(following.paused).toBe(false);
  await following.untilUnpaused(new AbortController().signal);
  run.append('run.paused', { data: { by: 'olga' } });
  expect(following.paused).toBe(true);
  const stop = new AbortController();
  const stopped = following.untilUnpaused(stop.signal);
  const goesOn = following.untilUnpaused(new AbortController().signal);
  stop.abort();
  await expect(stopped).rejects.toThrow(/abort/);
  run.append('agent.emitted', { data: { kind: 'else' } });
  run.append('run.unpaused', { data: { by: 'olga' } });
  await goesOn;
  following[Symbol.dispose]();
  expect([run.openFeeds, run.listeners.size]).toEqual([0, 0]);
});
