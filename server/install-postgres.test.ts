import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPostgres, installPostgres } from './install-postgres.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-postgres-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, script = 'true'): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, path), 0o755);
}

function postgresAt(path: string): string {
  for (const name of ['initdb', 'postgres', 'pg_dump']) program(join(path, name));
  return join(folder, path);
}

/** An apt-get that writes down how it was called. */
function fakeApt(script = 'true'): string {
  program('apt/apt-get', `echo "$@" >> "${folder}/calls"\n${script}`);
  return [join(folder, 'apt'), '/usr/bin', '/bin'].join(delimiter);
}

function aptCalls(): string[] {
  const file = join(folder, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

const silent = () => undefined;
const folders = () => [join(folder, 'versions', '*', 'bin')];

test('PostgreSQL is found on PATH, else the newest of where packages put it', () => {
  expect(findPostgres({ path: join(folder, 'bin'), folders: folders() })).toBeNull();
  postgresAt('versions/9/bin');
  const newest = postgresAt('versions/15/bin');
  // The client alone.
  program('versions/17/bin/psql');
  expect(findPostgres({ path: join(folder, 'bin'), folders: folders() })).toBe(newest);
  const onPath = postgresAt('bin');
  expect(findPostgres({ path: join(folder, 'bin'), folders: folders() })).toBe(onPath);
});

test('where it is there, nothing is installed', async () => {
  postgresAt('versions/15/bin');
  await installPostgres({ path: fakeApt(), folders: folders(), isRoot: true, say: silent });
  expect(aptCalls()).toEqual([]);
});

test('where it is missing, root gets it by apt-get; others and systems without apt-get do not try', async () => {
  const path = fakeApt();
  await installPostgres({ path, folders: folders(), isRoot: false, say: silent });
  await installPostgres({ path: join(folder, 'empty'), folders: folders(), isRoot: true, say: silent });
  expect(aptCalls()).toEqual([]);
  await installPostgres({ path, folders: folders(), isRoot: true, say: silent });
  expect(aptCalls()).toEqual([
    expect.stringMatching(/ update$/) as string,
    expect.stringMatching(/ install --yes .*postgresql$/) as string,
  ]);
});

test('an apt-get that fails is no error: the test that needs PostgreSQL says what is missing', async () => {
  const path = fakeApt('echo no network >&2; exit 100');
  const said: string[] = [];
  await installPostgres({ path, folders: folders(), isRoot: true, say: (line) => said.push(line) });
  expect(said.at(-1)).toMatch(/could not be installed: apt-get update: exit code 100\. no network/);
  expect(aptCalls()).toHaveLength(1);
});
