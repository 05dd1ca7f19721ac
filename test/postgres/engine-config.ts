/**
 * `npm run test:postgres`: the tests of the engine against the server as it is deployed. They are those that use the
 * server which the tests of a run share, whoever brings them to it.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../vitest.config.ts';
import { importsOf } from '../repository/imports.ts';

const root = join(import.meta.dirname, '..', '..');
const sharedServer = 'test/harness/temporal-server.ts';

/** What they are about is the embedded server, or a server of their own; that the services are killed is a test here. */
const othersServers = [
  'server/**',
  'test/launcher.test.ts',
  'test/agents/temporal-restarts.test.ts',
  'test/ops/backup.test.ts',
  // It searches the embedded server's files: test/postgres/encryption.test.ts searches a PostgreSQL.
  'test/ops/encryption.test.ts',
  'test/chaos/{kills,slow-consumers,systems}.test.ts',
];

function engineTests(): string[] {
  const importing = new Map<string, string[]>();
  const importsFrom = (file: string): string[] => {
    const known = importing.get(file);
    if (known !== undefined) return known;
    const text = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
    const found = importsOf(file, text).filter(({ isPackage, typeOnly }) => !isPackage && !typeOnly);
    importing.set(
      file,
      found.map(({ to }) => to),
    );
    return importsFrom(file);
  };
  const reaches = (file: string, seen: Set<string>): boolean => {
    if (file === sharedServer) return true;
    if (seen.has(file)) return false;
    seen.add(file);
    return importsFrom(file).some((next) => reaches(next, seen));
  };
  const all = globSync('{test,gateway,worker,runtime,stores,client,workflows}/**/*.test.ts', { cwd: root });
  return all.filter((file) => reaches(file, new Set())).toSorted();
}

export default mergeConfig(
  { ...shared, test: { ...shared.test, include: [], globalSetup: [] } },
  defineConfig({
    test: {
      root,
      include: [...engineTests(), 'test/chaos/services.test.ts', 'test/postgres/*.test.ts'],
      exclude: othersServers,
      globalSetup: ['test/postgres/global-setup.ts'],
      // Six processes more than usual have to start and to work.
      testTimeout: 180_000,
      hookTimeout: 180_000,
    },
  }),
);
