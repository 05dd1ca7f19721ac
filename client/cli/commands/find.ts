/** ls, count, failures: runs by the same filter that the HTTP surface takes. */
import type { Command } from 'commander';
import type { RunFilter } from '../../commands.ts';
import type { FailureGroup, RunStatus, RunSummary } from '../../types.ts';
import { parseCount } from '../arguments.ts';
import { percent } from '../render/progress.ts';
import { tableLines, type Column } from '../render/table.ts';
import { ago, plain } from '../render/text.ts';
import { paintStatus } from '../render/theme.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { runStatusNames } from './status-names.ts';

/** As in the address. `Record` makes the compiler say when one is missing. */
type Key = Exclude<keyof RunFilter, 'signal' | `attr.${string}`>;
const keys: Record<Key, true> = {
  status: true,
  blueprint: true,
  owner: true,
  ids: true,
  idPrefix: true,
  agent: true,
  waiting: true,
  code: true,
  step: true,
  build: true,
  from: true,
  startedAfter: true,
  startedBefore: true,
  endedAfter: true,
  endedBefore: true,
};
export const keyNames = [...Object.keys(keys), 'attr.NAME'].join(', ');

interface FilterFlags {
  status?: string;
  blueprint?: string;
  owner?: string;
}

interface ListFlags extends FilterFlags {
  limit: string;
  cursor?: string;
  all?: true;
  json?: true;
}

export function addFind(program: Command, session: Session): void {
  withFilter(program.command('ls'))
    .summary('list runs')
    .description(`List runs, newest first. A filter is key=value; all must hold. Keys: ${keyNames}.`)
    .option('-n, --limit <count>', 'at most this many', '20')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('-a, --all', 'all of them, page by page')
    .option('--json', 'one run a line, as JSON')
    .action((terms: string[], flags: ListFlags) => listRuns(session, parseFilter(terms, flags), flags));
  withFilter(program.command('count'))
    .summary('count runs by status')
    .description(`Count runs, as they stand now. Keys of a filter: ${keyNames}.`)
    .option('--json', 'as JSON')
    .action((terms: string[], flags: FilterFlags & { json?: true }) =>
      countRuns(session, parseFilter(terms, flags), flags),
    );
  withFilter(program.command('failures'))
    .summary('group failed runs by what they failed with')
    .description(
      `Failed runs by error code, step and worker build, with an example each. Keys of a filter: ${keyNames}.`,
    )
    .option('--json', 'one group a line, as JSON')
    .action((terms: string[], flags: FilterFlags & { json?: true }) =>
      listFailures(session, parseFilter(terms, flags), flags),
    );
}

function withFilter(command: Command): Command {
  return command
    .argument('[filter...]', 'as in status=failed code=agent_timeout attr.customer=acme')
    .option('-s, --status <status>', runStatusNames.join(', '))
    .option('-b, --blueprint <name>')
    .option('-o, --owner <name>');
}

/** Errors: usage, with the keys that there are. */
export function parseFilter(terms: readonly string[], { status, blueprint, owner }: FilterFlags): RunFilter {
  const filter: Record<string, string> = {
    ...(status !== undefined && { status }),
    ...(blueprint !== undefined && { blueprint }),
    ...(owner !== undefined && { owner }),
  };
  for (const term of terms) {
    const at = term.indexOf('=');
    const key = term.slice(0, at);
    if (at < 1 || !(Object.hasOwn(keys, key) || key.startsWith('attr.')))
      throw new UsageError(`${plain(term)} is no filter: write key=value; keys are ${keyNames}`);
    filter[key] = term.slice(at + 1);
  }
  for (const name of filter['status']?.split(',') ?? [])
    if (!runStatusNames.includes(name)) throw new UsageError(`a status is one of ${runStatusNames.join(', ')}`);
  const { status: wanted, ...rest } = filter;
  return { ...rest, ...(wanted !== undefined && { status: wanted.split(',') as RunStatus[] }) };
}

async function listRuns(session: Session, filter: RunFilter, flags: ListFlags): Promise<void> {
  if (flags.all) {
    const runs: RunSummary[] = [];
    for await (const run of session.client.list(filter)) {
      if (flags.json) session.printJson(run);
      else runs.push(run);
    }
    if (!flags.json) printRuns(session, runs);
    return;
  }
  const { cursor } = flags;
  const limit = parseCount(flags.limit, '--limit', 1);
  const page = await session.client.listPage({ ...filter, limit, ...(cursor !== undefined && { cursor }) });
  if (flags.json) page.items.forEach((run) => session.printJson(run));
  else printRuns(session, page.items);
  if (page.nextCursor !== null) session.note(`more: --cursor ${page.nextCursor}`);
}

function printRuns(session: Session, runs: readonly RunSummary[]): void {
  if (runs.length === 0) {
    session.note('no runs');
    return;
  }
  const columns: Column<RunSummary>[] = [
    { title: 'RUN', cell: ({ id }) => id, whole: true },
    { title: 'BLUEPRINT', cell: ({ blueprint }) => blueprint, yields: 3 },
    {
      title: 'STATUS',
      cell: ({ status }) => status,
      paint: (text, { status }) => paintStatus(session.theme, status, text),
    },
    { title: 'DONE', cell: ({ progress }) => percent(progress).trim(), yields: 2 },
    { title: 'AT', cell: ({ current }) => current.join(', '), yields: 4 },
    { title: 'ASKS', cell: ({ openQuestions }) => openQuestions.map(({ id }) => id).join(', '), yields: 1 },
    {
      title: 'FAILED WITH',
      cell: ({ failure }) => (failure ? `${failure.code} ${failure.step ?? ''}` : ''),
      yields: 1,
    },
    { title: 'STARTED', cell: ({ startedAt }) => ago(startedAt), yields: 5 },
    { title: 'OWNER', cell: ({ owner }) => owner ?? '', yields: 6 },
  ];
  session.print(...tableLines(runs, columns, session.columns, session.theme));
}

async function countRuns(session: Session, filter: RunFilter, flags: { json?: true }): Promise<void> {
  const count = await session.client.count(filter);
  if (flags.json) {
    session.printJson(count);
    return;
  }
  const statuses = Object.entries(count.byStatus).map(([status, runs]) => ({ status, runs }));
  const columns: Column<(typeof statuses)[number]>[] = [
    {
      title: 'STATUS',
      cell: ({ status }) => status,
      paint: (text, { status }) => paintStatus(session.theme, status, text),
    },
    { title: 'RUNS', cell: ({ runs }) => String(runs) },
  ];
  session.print(
    ...tableLines([...statuses, { status: 'total', runs: count.total }], columns, session.columns, session.theme),
  );
}

async function listFailures(session: Session, filter: RunFilter, flags: { json?: true }): Promise<void> {
  const { items, ungrouped } = await session.client.failures(filter);
  if (flags.json) {
    items.forEach((group) => session.printJson(group));
    return;
  }
  if (items.length === 0 && ungrouped === 0) {
    session.note('no failed runs');
    return;
  }
  const columns: Column<FailureGroup>[] = [
    { title: 'RUNS', cell: ({ count }) => String(count) },
    { title: 'CODE', cell: ({ code }) => code },
    { title: 'STEP', cell: ({ step }) => step ?? '' },
    { title: 'BUILD', cell: ({ build }) => build ?? '', yields: 2 },
    { title: 'LAST', cell: ({ lastAt }) => ago(lastAt), yields: 1 },
    { title: 'EXAMPLE', cell: ({ example }) => example, whole: true },
  ];
  session.print(...tableLines(items, columns, session.columns, session.theme));
  if (ungrouped > 0) session.note(`${ungrouped} more failed otherwise, or without a code`);
}
