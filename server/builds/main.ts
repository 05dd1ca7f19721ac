/** `baton builds` and `baton promote BUILD`: for workers that are versioned. They talk to Temporal, not to the gateway. */
import type { Client } from '@temporalio/client';
import { ConfigError, type Config } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { listBuilds, promoteBuild } from '../../worker/promote-build.ts';
import { configFor, parseOptions, runCommand, say } from '../command-line.ts';
import { reachable } from '../temporal/reachable.ts';
import { linesOf } from '../verify/lines.ts';
import { verifyBuild } from './verify-build.ts';

const usage = `baton builds [--data-dir D]
  Lists the builds of versioned workers, newest first, each with its status: current, draining, drained, inactive.
baton promote BUILD [--force] [--data-dir D]
  New runs begin on this build from now on, and open ones that are not pinned go on on it. First its workers replay these:
  where one does not fit, nothing is promoted.
  --force   promotes it without that
Temporal is at TEMPORAL_ADDRESS, else where the Baton of the data folder has it.`;

async function main([command = '', ...args]: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(args, options, usage);
  if (values.help === true) return say(usage);
  const [build, ...others] = positionals;
  if ((command === 'promote') !== (build !== undefined) || others.length > 0) throw new ConfigError(usage);
  const config = reachable(configFor(values['data-dir']));
  const client = connectTemporal(config, createDataConverter(config), { callMs: answerMs });
  try {
    if (build === undefined) return await list(client);
    if (values.force !== true) await requireFit(client, build, config);
    await promoteBuild(client, build);
    say(`${build} gets the runs.`);
  } finally {
    await client.connection.close();
  }
}

async function list(client: Client): Promise<void> {
  const builds = await listBuilds(client);
  if (builds.length === 0) say('No worker is versioned: BATON_VERSIONING=on.');
  for (const { buildId, status } of builds) say(`${buildId}  ${status}`);
}

/** Throws where an open run does not fit. */
async function requireFit(client: Client, build: string, { BATON_TASK_QUEUE: taskQueue }: Config): Promise<void> {
  let fitting = 0;
  let misfits = 0;
  for await (const verification of verifyBuild(client, build, { taskQueue })) {
    if (verification.verdict === 'same') fitting++;
    else {
      misfits++;
      for (const line of linesOf(verification)) say(line);
    }
  }
  if (misfits > 0)
    throw new Error(
      `${build} was not promoted: of ${fitting + misfits} open runs ${misfits} do not fit it. Patch it, pin or reset them, or say --force.`,
    );
  say(`${fitting} open ${fitting === 1 ? 'run fits' : 'runs fit'}.`);
}

const answerMs = 10_000;

const options = {
  'data-dir': { type: 'string' },
  force: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

await runCommand(main, [Error]);
