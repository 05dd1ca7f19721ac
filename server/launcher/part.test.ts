import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { keepRunning, type Part, type RunningProcess } from './part.ts';

let part: Part | null = null;
afterEach(async () => {
  await part?.stop();
  part = null;
});

/** A real process that runs `code`; by default it lives until it is killed. */
async function nodeProcess(code = 'setInterval(() => {}, 1000)'): Promise<RunningProcess> {
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
  await once(child, 'spawn');
  const ended = once(child, 'exit').then(([exitCode, signal]) => String(signal ?? `exit code ${exitCode}`));
  return {
    pid: child.pid ?? 0,
    port: null,
    ended,
    kill: () => void child.kill('SIGKILL'),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

test('a process that is killed is started again, and what runs is kept true', async () => {
  const said: string[] = [];
  const changed = vi.fn();
  part = await keepRunning({ name: 'thing', start: () => nodeProcess(), say: (line) => said.push(line), changed });
  const first = part.process()?.running.pid ?? 0;
  process.kill(first, 'SIGKILL');
  await expect.poll(() => part?.process()?.running.pid).toSatisfy((pid) => pid !== undefined && pid !== first);
  expect(said).toEqual([`thing (pid ${first}) ended: SIGKILL. Starting it again in 100 ms.`]);
  // Up, gone, up.
  expect(changed).toHaveBeenCalledTimes(3);
});

test('a crash loop is named as one', async () => {
  const said: string[] = [];
  let starts = 0;
  part = await keepRunning({
    name: 'thing',
    start: () => nodeProcess(++starts < 5 ? 'process.exit(7)' : undefined),
    say: (line) => said.push(line),
    changed: () => undefined,
  });
  await vi.waitFor(() => expect(starts).toBe(5), { timeout: 30_000 });
  expect(said[0]).toMatch(/^thing \(pid \d+\) ended: exit code 7\. Starting it again in 100 ms\.$/);
  expect(said[3]).toContain('It keeps failing: 4 times in a row, each soon after its start.');
});

test('a restart that fails is tried again; it is told what ran before', async () => {
  const before: (number | undefined)[] = [];
  const said: string[] = [];
  part = await keepRunning({
    name: 'thing',
    start: async (previous) => {
      before.push(previous?.pid);
      if (before.length === 2) throw new Error('port taken');
      return nodeProcess();
    },
    say: (line) => said.push(line),
    changed: () => undefined,
  });
  const first = part.process()?.running.pid ?? 0;
  process.kill(first, 'SIGKILL');
  await expect.poll(() => before).toHaveLength(3);
  expect(before).toEqual([undefined, first, first]);
  expect(said[1]).toBe('thing did not start: port taken. Starting it again in 200 ms.');
});

test('a first start that fails is an error, not a loop', async () => {
  const starting = keepRunning({
    name: 'thing',
    start: () => Promise.reject(new Error('bad setting')),
    say: () => undefined,
    changed: () => undefined,
  });
  await expect(starting).rejects.toThrow('bad setting');
});

test('what is stopped stays stopped, also in the middle of a delay', async () => {
  let starts = 0;
  const crashing = await keepRunning({
    name: 'thing',
    start: () => {
      starts++;
      return nodeProcess('process.exit(1)');
    },
    say: () => undefined,
    changed: () => undefined,
  });
  await vi.waitFor(() => expect(starts).toBeGreaterThan(2), { timeout: 30_000 });
  await crashing.stop();
  const then = starts;
  expect(crashing.process()).toBeNull();
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 1_000);
  await promise;
  expect(starts).toBe(then);
});
