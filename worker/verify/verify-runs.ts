/** Verifies runs: every stored execution of each, in turn, while the next ones are being read. */
import type { Client } from '@temporalio/client';
import { verifyReadAhead } from '../../protocol/limits.ts';
import { worstOf, type Verification } from '../../protocol/schemas/verification.ts';
import type { PayloadDecoder } from '../../runtime/data-converter.ts';
import { historiesOf } from './read-histories.ts';
import type { Replayer, StoredHistory } from './replayer.ts';

export interface VerifyOptions {
  client: Client;
  decode: PayloadDecoder;
  replayer: Replayer;
  /** Of each run only the execution that goes on, or was the last. */
  newestOnly?: true;
  /** Is given each history before it is replayed. */
  onHistory?: (run: string, stored: StoredHistory) => Promise<void>;
  signal?: AbortSignal;
}

/** In the order of the runs. A run that cannot be read is `unreadable`. Rejects with the signal's reason. */
export async function* verifyRuns(
  runs: AsyncIterable<string> | Iterable<string>,
  { client, decode, replayer, newestOnly, onHistory, signal }: VerifyOptions,
): AsyncGenerator<Verification> {
  for await (const { run, reading } of readAhead(runs, (each) =>
    readChain(client, decode, each, newestOnly === true),
  )) {
    signal?.throwIfAborted();
    const { histories, fault } = await reading;
    const executions = [];
    for (const stored of histories) {
      await onHistory?.(run, stored);
      executions.push(await replayer.verify(stored));
      signal?.throwIfAborted();
    }
    if (fault !== null) {
      executions.push({ ...nothing, execution: run, verdict: 'unreadable' as const, why: fault });
    }
    yield { run, verdict: worstOf(executions), executions, build: replayer.build };
  }
}

const nothing = { blueprint: null, entries: 0, event: null };

interface Chain {
  histories: StoredHistory[];
  /** Why there are no more of them. */
  fault: string | null;
}

async function readChain(client: Client, decode: PayloadDecoder, run: string, newestOnly: boolean): Promise<Chain> {
  const histories: StoredHistory[] = [];
  try {
    for await (const stored of historiesOf(client, decode, run)) {
      histories.push(stored);
      if (newestOnly) break;
    }
    return { histories, fault: null };
  } catch (error) {
    return { histories, fault: error instanceof Error ? error.message : String(error) };
  }
}

interface Reading {
  run: string;
  reading: Promise<Chain>;
}

async function* readAhead(
  runs: AsyncIterable<string> | Iterable<string>,
  read: (run: string) => Promise<Chain>,
): AsyncGenerator<Reading> {
  const queue: Reading[] = [];
  for await (const run of runs) {
    queue.push({ run, reading: read(run) });
    if (queue.length > verifyReadAhead) yield queue.shift() as Reading;
  }
  yield* queue;
}
