import { ConfigError } from '../../runtime/config.ts';
import { runsFilterKeys, runsFilterSchema, type RunsFilter } from '../../protocol/schemas/runs-query.ts';
import { endedStatuses, runStatuses } from '../../protocol/schemas/state.ts';
import { parseOptions } from '../command-line.ts';

export const usage = `baton verify RUN... | --open | --query 'status=failed blueprint=crawl' | --dir FOLDER
  Replays stored histories on the workflow code that is here, and says of each: same, or differs, at which entry and why.
  RUN       every stored execution of these runs
  --open    every run that is open, as before a deploy; that there is none is well
  --query   of all runs that fit; the filter is that of baton ls
  --dir     of every .json file in the folder, in Temporal's own JSON; needs no server
  --save F  keeps the histories that it replays as files in folder F
  --json    one run a line, as JSON
  --data-dir D
Temporal is at TEMPORAL_ADDRESS, else where the Baton of the data folder has it. Exit 0: all are the same; 1: not.`;

export interface VerifyArguments {
  runs: readonly string[];
  filter: RunsFilter | null;
  /** That no run fits the filter is well. */
  mayBeNone: boolean;
  folder: string | null;
  saveTo: string | null;
  json: boolean;
  dataDir: string | null;
}

/** null: the usage is wanted. Throws a `ConfigError` on anything else than exactly one of the four. */
export function readArguments(args: readonly string[]): VerifyArguments | null {
  const { values, positionals } = parseOptions(args, options, usage);
  if (values.help === true) return null;
  const ways = [positionals.length > 0, values.open === true, values.query !== undefined, values.dir !== undefined];
  if (ways.filter(Boolean).length !== 1) throw new ConfigError(`give runs, --open, --query or --dir\n\n${usage}`);
  if (values.save !== undefined && values.dir !== undefined)
    throw new ConfigError(`--save is for runs: the histories of --dir are files already\n\n${usage}`);
  return {
    runs: positionals,
    filter: values.open === true ? { status: openStatuses } : queried(values.query),
    mayBeNone: values.open === true,
    folder: values.dir ?? null,
    saveTo: values.save ?? null,
    json: values.json === true,
    dataDir: values['data-dir'] ?? null,
  };
}

const openStatuses = runStatuses.filter((status) => !endedStatuses.has(status));

const options = {
  open: { type: 'boolean' },
  query: { type: 'string' },
  dir: { type: 'string' },
  save: { type: 'string' },
  json: { type: 'boolean' },
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

function queried(text: string | undefined): RunsFilter | null {
  return text === undefined ? null : parseQuery(text);
}

function parseQuery(text: string): RunsFilter {
  const terms = text.split(/[\s&]+/).filter((term) => term !== '');
  const wrong = terms.find((term) => term.indexOf('=') < 1);
  if (terms.length === 0 || wrong !== undefined)
    throw new ConfigError(`a query is key=value, as in 'status=failed blueprint=crawl': ${wrong ?? 'nothing'}`);
  const entries = terms.map((term) => [term.slice(0, term.indexOf('=')), term.slice(term.indexOf('=') + 1)] as const);
  const unknown = entries.find(([key]) => !runsFilterKeys.has(key) && !key.startsWith('attr.'));
  if (unknown)
    throw new ConfigError(`there is no key ${unknown[0]}; there are ${[...runsFilterKeys, 'attr.NAME'].join(', ')}`);
  const parsed = runsFilterSchema.safeParse(Object.fromEntries(entries));
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
