import { defineConfig } from 'vitest/config';

/** Suites that `npm run test:chaos`, `test:fuzz` and `test:scale` run at full size; `npm test` runs them small. */
const full = process.env['BATON_TEST_SIZE'] === 'full';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // Those of test/e2e have a browser, and a command of their own.
    exclude: ['**/node_modules/**', '**/dist/**', '**/.baton/**', 'test/e2e/**'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    // Tests share one Temporal server and its disk; more at once only makes each of them slower.
    maxWorkers: 2,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: full ? 30 * 60_000 : 60_000,
    hookTimeout: full ? 5 * 60_000 : 60_000,
    // Two workers, their servers and processes on two cores: what is waited for may be some seconds away.
    expect: { poll: { timeout: 20_000 } },
    passWithNoTests: false,
    allowOnly: process.env['CI'] === undefined,
  },
});
