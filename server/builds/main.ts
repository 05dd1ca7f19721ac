/** `baton builds` and `baton promote BUILD`: for workers that are versioned. They talk to Temporal, not to the gateway. */
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { listBuilds, promoteBuild } from '../../worker/promote-build.ts';
import { reachable } from '../temporal/reachable.ts';

const usage = `baton builds [--data-dir D]
  Lists the builds of versioned workers, newest first, each with its status: current, draining, drained, inactive.
baton promote BUILD [--data-dir D]
  New runs begin on this build from now on, and open ones that are not pinned go on on it.
Temporal is at TEMPORAL_ADDRESS, else where the Baton of the data folder has it.`;

const exitCodes = { failed: 1, misused: 2 } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main([command = '', ...args]: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args);
  if (values.help === true) return say(usage);
  const [build, ...others] = positionals;
  if ((command === 'promote') !== (build !== undefined) || others.length > 0) throw new ConfigError(usage);
  const dataDir = values['data-dir'];
  const config = reachable(
    readConfig({ ...process.env, ...(dataDir === undefined ? {} : { BATON_DATA_DIR: dataDir }) }),
  );
  const client = connectTemporal(config, createDataConverter(config), { callMs: answerMs });
  try {
    if (build !== undefined) {
      await promoteBuild(client, build);
      return say(`${build} gets the runs.`);
    }
    const builds = await listBuilds(client);
    if (builds.length === 0) say('No worker is versioned: BATON_VERSIONING=on.');
    for (const { buildId, status } of builds) say(`${buildId}  ${status}`);
  } finally {
    await client.connection.close();
  }
}

const answerMs = 10_000;

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'data-dir': { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new ConfigError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, { cause: error });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? exitCodes.misused : exitCodes.failed;
}
