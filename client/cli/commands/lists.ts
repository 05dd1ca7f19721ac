/** questions, blueprints, search. */
import type { Command } from 'commander';
import { parseCount } from '../arguments.ts';
import { tableLines, type Column } from '../render/table.ts';
import { ago, cut, duration, plain } from '../render/text.ts';
import type { Session } from '../session.ts';
import type { BlueprintView, Question } from '../../types.ts';
import { UsageError } from '../usage-error.ts';

export function addLists(program: Command, session: Session): void {
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

function until(iso: string): string {
  const ms = Date.parse(iso) - Date.now();
  return ms <= 0 ? 'now' : `in ${duration(ms)}`;
}
