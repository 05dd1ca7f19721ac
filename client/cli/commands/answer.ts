import type { Command } from 'commander';
import { mergeInput, parsePairs } from '../arguments.ts';
import { askAnswer } from '../ask/ask-answer.ts';
import { exitCodes } from '../exit-codes.ts';
import { plain } from '../render/text.ts';
import type { Session } from '../session.ts';
import type { Question } from '../../types.ts';
import { UsageError } from '../usage-error.ts';
import { readJson, type Finish } from './start.ts';

export function addAnswer(program: Command, session: Session, finish: Finish): void {
  program
    .command('answer')
    .summary('answer a question of a run')
    .description('Answer a question of a run. In a terminal, without an answer given, it is asked field by field.')
    .argument('<run>')
    .argument('[question]', 'its id; may be left out where only one is open')
    .argument('[pairs...]', 'fields of the answer as key=value')
    .option('--as <name>', 'on behalf of this person (role ops); the log says by whom')
    .option('--json <value>', 'the answer as JSON, @file, or - for standard input')
    .action(
      async (run: string, question: string | undefined, pairs: string[], flags: { json?: string; as?: string }) => {
        // `answer RUN continue=true`: the id was left out, so the first pair stands in its place.
        const isPair = question?.includes('=') === true;
        const id = isPair ? undefined : question;
        const given = isPair && question !== undefined ? [question, ...pairs] : pairs;
        finish(await answer(session, run, id, given, flags));
      },
    );
}

async function answer(
  session: Session,
  run: string,
  id: string | undefined,
  pairs: readonly string[],
  { json, as }: { json?: string; as?: string },
): Promise<number> {
  const { client, theme } = session;
  const isGiven = pairs.length > 0 || json !== undefined;
  const question = id !== undefined && isGiven ? null : await findQuestion(session, run, id);
  const questionId = question?.id ?? id ?? '';
  let value: unknown;
  if (isGiven) {
    const base = json === undefined ? undefined : await readJson(session, json);
    value = pairs.length === 0 ? base : mergeInput(base, parsePairs(pairs));
  } else if (question) {
    const asked = await ask(session, question);
    if (asked === null) return exitCodes.interrupted;
    value = asked.answer;
  }
  const outcome = await client.answer(run, questionId, value, as === undefined ? {} : { onBehalfOf: as });
  const { have, need } = outcome;
  if (outcome.outcome === 'recorded') session.note('recorded; no worker has taken it yet');
  else if (have !== undefined && need !== undefined && have < need) session.print(`accepted, ${have} of ${need}`);
  else session.print(theme.green('accepted'));
  return exitCodes.completed;
}

async function findQuestion(session: Session, run: string, id: string | undefined): Promise<Question> {
  const { questions } = await session.client.state(run);
  if (id !== undefined) {
    const found = questions.find((question) => question.id === id);
    if (!found)
      throw new UsageError(`run ${plain(run)} has no question ${plain(id)}; see: baton questions ${plain(run)}`);
    return found;
  }
  const open = questions.filter(({ status }) => status === 'open');
  const [only, another] = open;
  if (!only) throw new UsageError(`run ${plain(run)} asks nothing now`);
  if (another)
    throw new UsageError(
      `run ${plain(run)} asks ${open.length} questions, name one: ${open.map((question) => question.id).join(', ')}`,
    );
  return only;
}

async function ask(session: Session, question: Question): Promise<{ answer: unknown } | null> {
  const { around, theme, columns } = session;
  if (!session.isInteractive) {
    const schema = JSON.stringify(question.answerSchema);
    throw new UsageError(`an answer is needed: key=value or --json, to fit ${schema}`);
  }
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error('interrupted'));
  const forget = around.onInterrupt(interrupt);
  try {
    return await askAnswer(question, {
      input: around.stdin,
      output: around.stdout,
      theme,
      columns,
      signal: stop.signal,
      onInterrupt: interrupt,
    });
  } catch (error) {
    if (stop.signal.aborted) return null;
    throw error;
  } finally {
    forget();
  }
}
