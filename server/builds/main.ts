/** `baton builds` and `baton promote BUILD`: for workers that are versioned. They talk to Temporal, not to the gateway. */
import { ConfigError } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { listBuilds, promoteBuild } from '../../worker/promote-build.ts';
import { configFor, parseOptions, runCommand, say } from '../command-line.ts';
import { reachable } from '../temporal/reachable.ts';

const usage = `baton builds [--data-dir D]
  Lists the builds of versioned workers, newest first, each with its status: current, draining, drained, inactive.
baton promote BUILD [--data-dir D]
  New runs begin on this build from now on, and open ones that are not pinned go on on it.
Temporal is at TEMPORAL_ADDRESS, else where the Baton of the data folder has it.`;

async function main([command = '', ...args]: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(args, options, usage);
  if (values.help === true) return say(usage);
  const [build, ...others] = positionals;
  if ((command === 'promote') !== (build !== undefined) || others.length > 0) throw new ConfigError(usage);
  const config = reachable(configFor(values['data-dir']));
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

const options = { 'data-dir': { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

await runCommand(main, [Error]);
