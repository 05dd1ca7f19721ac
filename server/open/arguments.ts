import { ConfigError } from '../../runtime/config.ts';
import { parseOptions } from '../command-line.ts';

export const usage = `baton open FILE [--port P] [--extract DIR] [--check]
  Checks a bundle that baton export has written, and shows its run: state, log, timeline, blobs, over HTTP and WebSocket
  on loopback, to be read and watched only.
  --port     default: a free one
  --extract  lays its files out in DIR, which must be new, and keeps them; DIR/histories is for baton verify --dir
  --check    only checks it, and with --extract lays it out
Exit 1: it is no bundle, damaged, or was altered.`;

export interface OpenArguments {
  file: string;
  port: string;
  folder: string | null;
  checksOnly: boolean;
}

/** null: the usage is wanted. */
export function readArguments(args: readonly string[]): OpenArguments | null {
  const { values, positionals } = parseOptions(args, options, usage);
  if (values.help === true) return null;
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new ConfigError(`give one file\n\n${usage}`);
  return { file, port: values.port ?? '0', folder: values.extract ?? null, checksOnly: values.check === true };
}

const options = {
  port: { type: 'string' },
  extract: { type: 'string' },
  check: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
