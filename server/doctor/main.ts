/** `baton doctor`: what is wrong with this installation, and what to do about it. */
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../../runtime/config.ts';
import type { Finding } from '../../protocol/schemas/findings.ts';
import { reachable } from '../temporal/reachable.ts';
import { examine } from './doctor.ts';

const usage = `baton doctor [--data-dir D] [--url GATEWAY] [--json]
  Looks at versions, ports, data folder, Temporal, task queues, gateway, keys, model and MCP servers, with the settings
  of this environment, and says what to do. It changes nothing.
Exit code: 0 nothing is at fault (there may be warnings), 1 something is, 2 misused.`;

const exitCodes = { fault: 1, misused: 2 } as const;
const signs = { ok: 'ok     ', warning: 'WARNING', fault: 'FAULT  ' } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function readArguments() {
  try {
    return parseArgs({
      options: {
        'data-dir': { type: 'string' },
        url: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new ConfigError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, { cause: error });
  }
}

function lineOf({ check, verdict, found, remedy }: Finding): string {
  const line = `${signs[verdict]}  ${check}: ${found}`;
  return remedy === undefined ? line : `${line}\n${' '.repeat(9)}→ ${remedy}`;
}

async function main(): Promise<void> {
  const { help, json, url, 'data-dir': dataDir } = readArguments();
  if (help === true) return say(usage);
  const config = reachable(
    readConfig({ ...process.env, ...(dataDir === undefined ? {} : { BATON_DATA_DIR: dataDir }) }),
  );
  const findings = await examine(config, url === undefined ? {} : { url: url.replace(/\/+$/, '') });
  if (json === true) say(JSON.stringify(findings));
  else for (const finding of findings.items) say(lineOf(finding));
  if (findings.verdict === 'fault') process.exitCode = exitCodes.fault;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? exitCodes.misused : exitCodes.fault;
}
