/** The Temporal server that all test files of a run share. Tests stay apart by task queue and run id. */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { readConfig, type Config } from '../../runtime/config.ts';

/** host:port */
export function temporalAddress(): string {
  return inject('temporalAddress');
}

export function temporalNamespace(): string {
  return inject('temporalNamespace');
}

/** `name` with a part that no other test has: for task queues and run ids. */
export function unique(name: string): string {
  return `${name}-${randomUUID().slice(0, 8)}`;
}

/**
 * The configuration of a process of this test: the shared server, a task queue of its own, quiet. With
 * BATON_ENCRYPTION_KEYS in the environment all tests of the engine run encrypted.
 */
export function testConfig(settings: Readonly<Record<string, string>> = {}): Config {
  return readConfig({
    BATON_ENCRYPTION_KEYS: process.env['BATON_ENCRYPTION_KEYS'],
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: temporalNamespace(),
    BATON_TASK_QUEUE: unique('test'),
    BATON_PORT: '0',
    LOG_LEVEL: 'warn',
    ...settings,
  });
}
