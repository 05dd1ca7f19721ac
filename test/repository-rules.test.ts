import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sourceFiles } from './repository/imports.ts';

const root = join(import.meta.dirname, '..');
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['node_modules', 'dist', 'docs'].includes(entry.name))
  .filter((entry) => !entry.name.startsWith('.'))
  .map((entry) => entry.name);
const sources = sourceFiles(root, folders);

/** Programs and what only the workflow bundler can read; everything else may be imported without effect. */
const notLoadable =
  /^(test|bench)\/|^console\/(\w+\/|main\.tsx)|^workflows\/index\.ts$|\/main\.ts$|^server\/(process|guard\/guard-process)\.ts$|^client\/pack\.ts$/;

test('there are sources to look at', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources).toContain('protocol/errors.ts');
});

describe('sources', () => {
  test('load with the pinned Node as they are', () => {
    const loadable = sources.filter((file) => !notLoadable.test(file));
    const { stdout } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, 'test', 'repository', 'load-sources.mjs')],
      { input: loadable.map((file) => join(root, file)).join('\n'), encoding: 'utf8' },
    );
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual([{ loaded: loadable.length }]);
  });

  test('have names in kebab-case that say what is inside', () => {
    const bad = sources.filter((file) => {
      const name = basename(file).replace(/\.tsx?$/, '');
      return !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || /^(utils?|helpers?|common|misc|.*-?manager)$/.test(name);
    });
    expect(bad).toEqual([]);
  });

  test('leave nothing to do', () => {
    const marks = new RegExp(['TO', 'DO|FIX', 'ME|X', 'XX'].join(''));
    expect(sources.filter((file) => marks.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('stay small', () => {
    const lines = (file: string): number => readFileSync(join(root, file), 'utf8').split('\n').length;
    // One table, as the rules want it.
    const tables = new Set(['protocol/limits.ts']);
    expect(sources.filter((file) => !tables.has(file) && lines(file) > 400)).toEqual([]);
  });
});

test('each decision has a number of its own', () => {
  const decisions = readdirSync(join(root, 'docs', 'decisions'));
  expect(decisions.length).toBeGreaterThan(0);
  expect(decisions.filter((name) => !/^\d{3}-[a-z0-9-]+\.md$/.test(name))).toEqual([]);
  const numbers = decisions.map((name) => name.slice(0, 3));
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
});

test('every dependency is pinned exactly', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter(([, version]) => !/^(npm:[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('the lock file has the packages of every platform, so that npm ci accepts it anywhere', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
    ),
  );
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});

test('every npm script that bootstraps has its command, and the program is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const bootstrap = readFileSync(join(root, 'server', 'bootstrap.mjs'), 'utf8');
  const names = Object.values(scripts).flatMap((script) => /bootstrap\.mjs (\S+)/.exec(script)?.[1] ?? []);
  expect(names).toContain('start');
  for (const name of names) expect(bootstrap).toMatch(new RegExp(`^  '?${name}'?: \\{`, 'm'));
  const programs = [...bootstrap.matchAll(/run: \[join\(root, ((?:'[^']+'(?:, )?)+)\)/g)].map((match) =>
    (match[1] ?? '').replaceAll("'", '').split(', ').join('/'),
  );
  expect(programs.length).toBeGreaterThan(3);
  expect(programs.filter((program) => !existsSync(join(root, program)))).toEqual([]);
});
