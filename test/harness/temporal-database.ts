/** Temporal's two databases on a PostgreSQL, made as deploy/ makes them, with the tool of the server's release. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { readConfig } from '../../runtime/config.ts';
import { exitOf } from '../../server/temporal/exit-of.ts';
import { obtainServer } from '../../server/temporal/obtain-server.ts';
import { schemaTool } from '../../server/temporal/version.ts';
import type { Postgres } from './postgres.ts';

const script = join(import.meta.dirname, '..', '..', 'deploy', 'set-up-database.sh');

/** As compose's job `database-set-up`. Any number of times. */
export async function setUpDatabase(postgres: Postgres): Promise<void> {
  await run('sh', [script], postgres);
}

/** The schema tool; throws with what it said. */
export async function sqlTool(postgres: Postgres, args: readonly string[]): Promise<void> {
  await run(schemaTool.file, args, postgres);
}

async function run(command: string, args: readonly string[], postgres: Postgres): Promise<void> {
  const tool = await obtainServer({ ...readConfig(process.env), program: schemaTool });
  const child = spawn(command, args, {
    env: {
      PATH: `${dirname(tool)}:/usr/bin:/bin`,
      SQL_PLUGIN: 'postgres12_pgx',
      SQL_HOST: '127.0.0.1',
      SQL_PORT: String(postgres.port),
      SQL_USER: postgres.user,
      SQL_PASSWORD: 'not-asked',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { ok, output } = await exitOf(child);
  if (!ok) throw new Error(`${command} ${args.join(' ')}: ${output}`);
}
