import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCommands } from '../../gateway/create-engine.ts';
import { listPageMax } from '../../protocol/limits.ts';
import type { RunsFilter } from '../../protocol/schemas/runs-query.ts';
import type { Verification } from '../../protocol/schemas/verification.ts';
import type { Config } from '../../runtime/config.ts';
import { createDataConverter, payloadDecoder } from '../../runtime/data-converter.ts';
import { inProcessBus } from '../../runtime/live-bus.ts';
import type { Log } from '../../runtime/log.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { historyJson, type Replayer } from '../../worker/verify/replayer.ts';
import { verifyRuns } from '../../worker/verify/verify-runs.ts';
import type { VerifyArguments } from './arguments.ts';

/** A page of a long history from a busy server. */
const callMs = 60_000;

interface Parts {
  config: Config;
  log: Log;
  replayer: Replayer;
}

/** The runs that were named, or that fit the query. Throws where none fits but one should, and where Temporal does not answer. */
export async function* fromTemporal(
  { runs, filter, mayBeNone, saveTo }: VerifyArguments,
  { config, log, replayer }: Parts,
): AsyncGenerator<Verification> {
  const dataConverter = createDataConverter(config);
  const client = connectTemporal(config, dataConverter, { callMs });
  if (saveTo !== null) await mkdir(saveTo, { recursive: true });
  try {
    await client.workflowService.getSystemInfo({});
    yield* verifyRuns(filter === null ? runs : fitting(filter, { config, log, mayBeNone }), {
      client,
      decode: payloadDecoder(dataConverter),
      replayer,
      onHistory: async (run, { execution, history }) => {
        if (saveTo === null) return;
        await writeFile(join(saveTo, `${encodeURIComponent(run)}.${execution}.json`), historyJson(history));
      },
    });
  } finally {
    await client.connection.close();
  }
}

async function* fitting(
  filter: RunsFilter,
  { config, log, mayBeNone }: Omit<Parts, 'replayer'> & Pick<VerifyArguments, 'mayBeNone'>,
): AsyncGenerator<string> {
  const bus = inProcessBus();
  const commands = await createCommands(config, { bus, log });
  try {
    let found = 0;
    for (let cursor: string | undefined, isLast = false; !isLast;) {
      const { items, nextCursor } = await commands.runs.list({ ...filter, cursor, limit: listPageMax });
      for (const { id } of items) yield id;
      found += items.length;
      cursor = nextCursor ?? undefined;
      isLast = nextCursor === null;
    }
    if (found === 0 && !mayBeNone) throw new Error('no run fits the query');
  } finally {
    await commands.close();
    await bus.close();
  }
}
