import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeHolder, tryLock } from './exclusive-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const holder = { pid: process.pid, since: '2026-01-01T00:00:00.000Z', port: 8080 };

/** A process that takes the lock, says so, and keeps it. */
async function anotherProcess(file: string): Promise<{ pid: number; kill(): Promise<void> }> {
  const module = JSON.stringify(new URL('./exclusive-lock.ts', import.meta.url).href);
  const code = `const { tryLock } = await import(${module});
    const attempt = tryLock(${JSON.stringify(file)}, { pid: process.pid, since: new Date().toISOString(), port: 4000 });
    process.stdout.write('lock' in attempt ? 'locked' : 'refused');
    setInterval(() => attempt, 1000);`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toBe('locked');
  return {
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('a lock that another process holds is refused with who holds it', async () => {
  const file = join(folder, 'deep', 'lock');
  const other = await anotherProcess(file);
  const attempt = tryLock(file, holder);
  expect(attempt).toEqual({ heldBy: { pid: other.pid, since: expect.any(String), port: 4000 } });
  await other.kill();
});

test('kill -9 of the holder frees the lock at once', async () => {
  const file = join(folder, 'lock');
  const other = await anotherProcess(file);
  await other.kill();
  const attempt = tryLock(file, holder);
  expect('lock' in attempt).toBe(true);
  if ('lock' in attempt) attempt.lock[Symbol.dispose]();
});

test('a lock that was let go can be taken again', () => {
  const file = join(folder, 'lock');
  for (let round = 0; round < 2; round++) {
    const attempt = tryLock(file, holder);
    if (!('lock' in attempt)) throw new Error('refused');
    const second = tryLock(file, holder);
    expect(second).toEqual({ heldBy: holder });
    attempt.lock[Symbol.dispose]();
  }
});

test('a file that cannot be a lock is an error that names it', () => {
  expect(() => tryLock(folder, holder)).toThrow();
});

test('a holder is described with what is known of it', () => {
  expect(describeHolder(holder)).toBe(`process ${process.pid} (since 2026-01-01T00:00:00.000Z, port 8080)`);
  expect(describeHolder(null)).toBe('another process');
});
