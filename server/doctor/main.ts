/** `baton doctor`: what is wrong with this installation, and what to do about it. */
import { ConfigError } from '../../runtime/config.ts';
import type { Finding } from '../../protocol/schemas/findings.ts';
import { configFor, exitCodes, parseOptions, runCommand, say } from '../command-line.ts';
import { reachable } from '../temporal/reachable.ts';
import { examine } from './doctor.ts';

const usage = `baton doctor [--data-dir D] [--url GATEWAY] [--json]
  Looks at versions, ports, data folder, Temporal, task queues, gateway, keys, model and MCP servers, with the settings
  of this environment, and says what to do. It changes nothing.
Exit code: 0 nothing is at fault (there may be warnings), 1 something is, 2 misused.`;

const signs = { ok: 'ok     ', warning: 'WARNING', fault: 'FAULT  ' } as const;

const options = {
  'data-dir': { type: 'string' },
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function lineOf({ check, verdict, found, remedy }: Finding): string {
  const line = `${signs[verdict]}  ${check}: ${found}`;
  return remedy === undefined ? line : `${line}\n${' '.repeat(9)}→ ${remedy}`;
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(args, options, usage);
  const { help, json, url, 'data-dir': dataDir } = values;
  if (help === true) return say(usage);
  if (positionals.length > 0) throw new ConfigError(usage);
  const config = reachable(configFor(dataDir));
  const findings = await examine(config, url === undefined ? {} : { url: url.replace(/\/+$/, '') });
  if (json === true) say(JSON.stringify(findings));
  else for (const finding of findings.items) say(lineOf(finding));
  if (findings.verdict === 'fault') process.exitCode = exitCodes.failed;
}

await runCommand(main, [Error]);
