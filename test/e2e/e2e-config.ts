/** `npm run test:e2e`: the console in a real browser, one file after another, for two cores carry one browser. */
import { defineConfig, mergeConfig } from 'vitest/config';
import all from '../../vitest.config.ts';

const { include: _, exclude: __, ...test } = all.test ?? {};

export default mergeConfig(
  defineConfig({ test: { ...test } }),
  defineConfig({
    test: {
      include: ['test/e2e/**/*.test.ts'],
      fileParallelism: false,
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  }),
);
