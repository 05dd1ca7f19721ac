import { expect, test } from 'vitest';
import { readFlags } from './flags.ts';

test('flags stand over the environment, which stays where there is none', () => {
  const environment = { BATON_PORT: '1', BATON_HOST: '::1', OTHER: 'x' };
  const read = readFlags(['--port', '2', '--data-dir=/d', '--temporal-port', '3', '--split'], environment);
  expect(read).toEqual({
    environment: {
      BATON_PORT: '2',
      BATON_HOST: '::1',
      OTHER: 'x',
      BATON_DATA_DIR: '/d',
      BATON_TEMPORAL_PORT: '3',
    },
    split: true,
    help: false,
  });
});

test('an unknown flag is refused with the flags that there are', () => {
  expect(() => readFlags(['--prot', '2'], {})).toThrow(/--prot[\s\S]*--port N/);
  expect(() => readFlags(['stray'], {})).toThrow(/stray/);
});
