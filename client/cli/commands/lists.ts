/** ls, questions, blueprints, search. */
import type { Command } from 'commander';
import { parseCount } from '../arguments.ts';
import { percent } from '../render/progress.ts';
import { tableLines, type Column } from '../render/table.ts';
import { cut, duration, plain } from '../render/text.ts';
import { paintStatus } from '../render/theme.ts';
import type { Session } from '../session.ts';
import type { BlueprintView, Question, RunStatus, RunSummary } from '../../types.ts';
import { UsageError } from '../usage-error.ts';
import { runStatusNames } from './status-names.ts';

interface ListFlags {
  status?: string;
  blueprint?: string;
  owner?: string;
  limit: string;
  cursor?: string;
  all?: true;
  json?: true;
}

export function addLists(program: Command, session: Session): void {
  program
    .command('ls')
    .summary('list runs')
    .description('List runs, newest first.')
    .option('-s, --status <status>', runStatusNames.join(', '))
    .option('-b, --blueprint <name>')
    .option('-o, --owner <name>')
    .option('-n, --limit <count>', 'at most this many', '20')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('-a, --all', 'all of them, page by page')
    .option('--json', 'one run a line, as JSON')
    .action((flags: ListFlags) => listRuns(session, flags));
  program
    .command('questions')
    .summary('list what people are asked')
    .description('List the open questions of all runs, oldest first.')
    .argument('[run]', 'only of this run')
    .option('-k, --kind <kind>')
    .option('--json', 'one question a line, as JSON')
    .action((run: string | undefined, flags: { kind?: string; json?: true }) => listQuestions(session, run, flags));
  program
    .command('blueprints')
    .summary('list what can be started')
    .description('List what can be started; with a name, show its input.')
    .argument('[name]')
    .option('--json', 'as JSON')
    .action((name: string | undefined, flags: { json?: true }) => listBlueprints(session, name, flags));
  program
    .command('search')
    .summary('search what crawls have stored')
    .argument('<words...>')
    .option('-n, --limit <count>', 'at most this many', '10')
    .option('--json', 'one hit a line, as JSON')
    .action((words: string[], flags: { limit: string; json?: true }) => search(session, words.join(' '), flags));
}

async function listRuns(session: Session, flags: ListFlags): Promise<void> {
  const { status, blueprint, owner, cursor } = flags;
  if (status !== undefined && !runStatusNames.some((name) => name === status)) {
    throw new UsageError(`--status is one of ${runStatusNames.join(', ')}`);
  }
  const filter = {
    ...(status !== undefined && { status: status as RunStatus }),
    ...(blueprint !== undefined && { blueprint }),
    ...(owner !== undefined && { owner }),
  };
  if (flags.all) {
    if (flags.json) {
      for await (const run of session.client.list(filter)) session.printJson(run);
      return;
    }
    const runs: RunSummary[] = [];
    for await (const run of session.client.list(filter)) runs.push(run);
    printRuns(session, runs);
    return;
  }
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
    { title: 'STARTED', cell: ({ startedAt }) => ago(startedAt), yields: 5 },
    { title: 'OWNER', cell: ({ owner }) => owner ?? '', yields: 6 },
  ];
  session.print(...tableLines(runs, columns, session.columns, session.theme));
}

async function listQuestions(
  session: Session,
  run: string | undefined,
  flags: { kind?: string; json?: true },
): Promise<void> {
  const filter = { ...(run !== undefined && { run }), ...(flags.kind !== undefined && { kind: flags.kind }) };
  const questions: Question[] = [];
  for await (const question of session.client.questions(filter)) {
    if (flags.json) session.printJson(question);
    else questions.push(question);
  }
  if (flags.json) return;
  if (questions.length === 0) {
    session.note('no open questions');
    return;
  }
  const columns: Column<Question>[] = [
    { title: 'RUN', cell: (question) => question.run, whole: true },
    { title: 'QUESTION', cell: ({ id }) => id, whole: true },
    { title: 'KIND', cell: ({ kind }) => kind, yields: 2 },
    { title: 'ASKED', cell: ({ askedAt }) => ago(askedAt), yields: 1 },
    { title: 'EXPIRES', cell: ({ expiresAt }) => (expiresAt === undefined ? '' : until(expiresAt)), yields: 3 },
    { title: 'MESSAGE', cell: ({ message }) => message },
  ];
  session.print(...tableLines(questions, columns, session.columns, session.theme));
  const first = questions[0];
  if (first && session.isTerminal) session.note(`baton answer ${plain(first.run)} ${plain(first.id)}`);
}

async function listBlueprints(session: Session, name: string | undefined, flags: { json?: true }): Promise<void> {
  const blueprints = await session.client.blueprints();
  if (name !== undefined) {
    const blueprint = blueprints.find((known) => known.name === name);
    if (!blueprint)
      throw new UsageError(
        `there is no blueprint ${plain(name)}; there are ${blueprints.map((known) => known.name).join(', ')}`,
      );
    if (flags.json) session.printJson(blueprint, 2);
    else printBlueprint(session, blueprint);
    return;
  }
  if (flags.json) {
    session.printJson(blueprints, 2);
    return;
  }
  const { theme } = session;
  const columns: Column<BlueprintView>[] = [
    { title: 'BLUEPRINT', cell: (blueprint) => blueprint.name },
    {
      title: 'AVAILABLE',
      cell: ({ available, reason }) => (available ? 'yes' : `no: ${reason ?? ''}`),
      paint: (text, { available }) => (available ? theme.green(text) : theme.yellow(text)),
      yields: 1,
    },
    { title: 'DESCRIPTION', cell: ({ description }) => description },
  ];
  session.print(...tableLines(blueprints, columns, session.columns, theme));
}

function printBlueprint(
  session: Session,
  { name, description, available, reason, inputSchema, example }: BlueprintView,
): void {
  const { theme } = session;
  session.print(theme.bold(plain(name)), plain(description));
  if (!available) session.print(theme.yellow(`not available: ${plain(reason)}`));
  session.print('', theme.dim('input'), JSON.stringify(inputSchema, null, 2));
  session.print(
    '',
    theme.dim('example'),
    `baton start ${plain(name)} --watch --input '${JSON.stringify(example).replaceAll("'", String.raw`'\''`)}'`,
  );
}

async function search(session: Session, words: string, flags: { limit: string; json?: true }): Promise<void> {
  const hits = await session.client.search(words, { limit: parseCount(flags.limit, '--limit', 1) });
  const { theme, columns } = session;
  for (const hit of hits) {
    if (flags.json) session.printJson(hit);
    else {
      session.print(
        theme.bold(cut(plain(hit.title), columns)),
        theme.cyan(cut(plain(hit.url), columns)),
        `${cut(plain(hit.text), Math.min(columns * 2, 400))}\n`,
      );
    }
  }
  if (hits.length === 0) session.note('nothing was found');
}

function ago(iso: string): string {
  return `${duration(Date.now() - Date.parse(iso))} ago`;
}

function until(iso: string): string {
  const ms = Date.parse(iso) - Date.now();
  return ms <= 0 ? 'now' : `in ${duration(ms)}`;
}
