/** The command line of `npm start`: flags that stand over the environment. */
import { parseArgs } from 'node:util';
import { ConfigError } from '../../runtime/config.ts';

const flags = {
  port: { variable: 'BATON_PORT', takes: 'N', says: 'port of the gateway' },
  host: { variable: 'BATON_HOST', takes: 'H', says: 'address the gateway listens on' },
  'data-dir': { variable: 'BATON_DATA_DIR', takes: 'D', says: 'folder of history, blobs, knowledge and logs' },
  'temporal-port': { variable: 'BATON_TEMPORAL_PORT', takes: 'N', says: 'port of the embedded Temporal server' },
} as const;

export interface Flags {
  environment: Record<string, string | undefined>;
  /** Worker and gateway each in a process of its own. */
  split: boolean;
  help: boolean;
}

/** Throws a `ConfigError` for a flag that there is not. */
export function readFlags(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Flags {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: text,
        host: text,
        'data-dir': text,
        'temporal-port': text,
        split: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const merged = { ...environment };
    for (const name of Object.keys(flags) as (keyof typeof flags)[]) {
      if (values[name] !== undefined) merged[flags[name].variable] = values[name];
    }
    return { environment: merged, split: values.split === true, help: values.help === true };
  } catch (error) {
    throw new ConfigError(`${error instanceof Error ? error.message : String(error)}\n\n${usage()}`);
  }
}

export function usage(): string {
  const lines = Object.entries(flags).map(([name, flag]) => {
    const left = `  --${name} ${flag.takes}`.padEnd(22);
    return `${left}${flag.says} (${flag.variable})`;
  });
  return [
    'npm start -- [flags]',
    ...lines,
    `${'  --split'.padEnd(22)}worker and gateway in processes of their own`,
  ].join('\n');
}
