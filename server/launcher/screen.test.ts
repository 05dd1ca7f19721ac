import { expect, test } from 'vitest';
import { openFilesWarning } from '../../runtime/open-files.ts';
import { screen, type Up } from './screen.ts';

const up: Up = {
  host: '127.0.0.1',
  port: 8080,
  temporal: { address: '127.0.0.1:7233', namespace: 'default', embedded: true },
  dataDir: '/data/.baton',
  authenticationOn: false,
  processes: [
    { role: 'launcher', pid: 1, port: null, startedAt: '2026-01-01T00:00:00.000Z' },
    { role: 'temporal', pid: 2, port: 7233, startedAt: '2026-01-01T00:00:00.000Z' },
  ],
};

test('the screen says where everything is', () => {
  const text = screen(up);
  for (const part of [
    'http://127.0.0.1:8080/v1',
    'ws://127.0.0.1:8080/v1/ws',
    '127.0.0.1:7233',
    '/data/.baton',
    'launcher 1, temporal 2',
  ]) {
    expect(text).toContain(part);
  }
  expect(text.split('\n').length).toBeLessThan(24);
});

test('the line to try works as it stands', () => {
  expect(screen(up)).toContain('  ./baton start crawl url=https://example.com --watch');
  expect(screen({ ...up, port: 9000, authenticationOn: true })).toContain(
    '  BATON_TOKEN=… ./baton --url http://127.0.0.1:9000 start crawl',
  );
});

test('addresses can be used as they are shown', () => {
  expect(screen({ ...up, host: '::1' })).toContain('http://[::1]:8080/v1');
  expect(screen({ ...up, host: '0.0.0.0' })).toContain('ws://localhost:8080/v1/ws');
});

test('a low open-file limit is said with the number to set', () => {
  expect(openFilesWarning(1_024, 20_000)).toContain('ulimit -n 21000');
  expect(openFilesWarning(21_000, 20_000)).toBeNull();
  expect(openFilesWarning(null, 20_000)).toBeNull();
});
