/** Stored histories: the chain of a run's executions in Temporal, and files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyFromJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import { BatonError } from '../../protocol/errors.ts';
import type { PayloadDecoder } from '../../runtime/data-converter.ts';
import type { StoredHistory } from './replayer.ts';

/** gRPC status code. */
const notFound = 5;

/**
 * Every execution of the run that is still stored, newest first. Errors: run_not_found, key_missing, payload_unreadable
 * (the chain goes on from what the first payload says).
 */
export async function* historiesOf(client: Client, decode: PayloadDecoder, run: string): AsyncGenerator<StoredHistory> {
  let next: string | null = await newestExecution(client, run);
  for (let isFirst = true; next !== null; isFirst = false) {
    const execution: string = next;
    const history = await unlessGone(() => client.workflow.getHandle(run, execution).fetchHistory());
    if (history === null) {
      if (isFirst) throw new BatonError('run_not_found', `there is no run ${run}`);
      return;
    }
    yield { execution, history };
    next = await before(history, decode);
  }
}

async function newestExecution(client: Client, run: string): Promise<string> {
  const described = await unlessGone(() => client.workflow.getHandle(run).describe());
  if (described === null) throw new BatonError('run_not_found', `there is no run ${run}`);
  return described.runId;
}

/** Temporal knows what continued as new; everything else says in its input what it goes on from. */
async function before({ events }: History, decode: PayloadDecoder): Promise<string | null> {
  const started = events?.[0]?.workflowExecutionStartedEventAttributes;
  if (started?.continuedExecutionRunId) return started.continuedExecutionRunId;
  const [payload] = started?.input?.payloads ?? [];
  if (payload === undefined) return null;
  const input: unknown = await decode(payload);
  if (typeof input !== 'object' || input === null || !('predecessor' in input)) return null;
  return typeof input.predecessor === 'string' ? input.predecessor : null;
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('name' in error && error.name === 'WorkflowNotFoundError') return true;
  return 'code' in error && error.code === notFound;
}

/** Paths of the `.json` files in a folder and those below, sorted. */
export async function historyFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

/** A history in Temporal's own JSON, as `temporal workflow show --output json` writes it. Throws on anything else. */
export async function readHistoryFile(file: string): Promise<History> {
  const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null || !('events' in parsed) || !Array.isArray(parsed.events))
    throw new Error('it is no history: it has no list of events');
  return historyFromJSON(parsed);
}
