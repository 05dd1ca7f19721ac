import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { killNow, startGuard, type Guard } from './guard.ts';
import { isAlive } from '../../test/harness/launched.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-guard-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const forever = ['-e', 'console.log("up"); setInterval(() => {}, 1000)'];

async function gone(...pids: number[]): Promise<void> {
  await vi.waitFor(() => expect(pids.filter((pid) => isAlive(pid))).toEqual([]), { timeout: 30_000, interval: 20 });
}

/** A process that has a guard with one process in it and one that is watched, and tells the pids. */
async function owner(): Promise<{ child: ChildProcess; pids: { guard: number; spawned: number; watched: number } }> {
  const module = JSON.stringify(new URL('./guard.ts', import.meta.url).href);
  const code = `const { startGuard } = await import(${module});
    const { spawn } = await import('node:child_process');
    const guard = await startGuard();
    const args = ${JSON.stringify(forever)};
    const spawned = await guard.spawn({ command: process.execPath, args, logFile: ${JSON.stringify(join(folder, 'log'))} });
    const other = spawn(process.execPath, args, { stdio: 'ignore' });
    guard.watch(other.pid);
    process.stdout.write(JSON.stringify({ guard: guard.pid(), spawned: spawned.pid, watched: other.pid }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text] = await once(child.stdout, 'data');
  return { child, pids: JSON.parse(String(text)) };
}

test('kill -9 of the owner ends the guard, what it started and what it watches', async () => {
  const { child, pids } = await owner();
  expect(Object.values(pids).every((pid) => isAlive(pid))).toBe(true);
  child.kill('SIGKILL');
  await gone(pids.guard, pids.spawned, pids.watched);
});

test('kill -9 of the guard ends what it started; another guard takes its place', async () => {
  const guard: Guard = await startGuard();
  const request = { command: process.execPath, args: forever, logFile: join(folder, 'log') };
  const first = await guard.spawn(request);
  const before = guard.pid();
  killNow(before);
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await gone(first.pid);
  await expect.poll(() => guard.pid()).not.toBe(before);
  const second = await guard.spawn(request);
  expect(isAlive(second.pid)).toBe(true);
  await guard.close();
  await gone(second.pid);
});

test('the end of a guarded process is told with how it ended, and its output is in the log', async () => {
  const guard = await startGuard();
  const logFile = join(folder, 'log');
  const args = ['-e', 'console.log("hello"); process.exit(7)'];
  const ended = await guard.spawn({ command: process.execPath, args, logFile });
  expect(await ended.exited).toEqual({ code: 7, signal: null });
  const stopped = await guard.spawn({ command: process.execPath, args: forever, logFile });
  stopped.signal('SIGTERM');
  expect(await stopped.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(readFileSync(logFile, 'utf8')).toContain('hello');
  await guard.close();
});

test('a program that is not there is an error', async () => {
  const guard = await startGuard();
  const missing = guard.spawn({ command: join(folder, 'nothing'), args: [], logFile: join(folder, 'log') });
  // Through setpriv the program starts and ends at once.
  const outcome = await missing.then(
    async (process) => (await process.exited).code,
    () => 'failed',
  );
  expect([127, 'failed']).toContain(outcome);
  await guard.close();
});
