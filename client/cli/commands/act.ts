/** What ops do to one run. Each shows first what it would repeat. */
import type { Command } from 'commander';
import type { Foreseeable } from '../../act-commands.ts';
import type { Edits } from '../../types.ts';
import { exitCodes } from '../exit-codes.ts';
import { plain } from '../render/text.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { watch } from '../watch/watch-command.ts';
import { confirmAct, type ActFlags } from './confirm-act.ts';
import { readJson, type Finish } from './start.ts';
import { steer, type WatchFlags } from './steer.ts';

type Flags = WatchFlags & ActFlags;

export interface EditFlags extends Flags {
  context?: string;
  input?: string;
  result?: string[];
  answer?: string[];
  keepAnswers?: string;
}

export function addActs(program: Command, session: Session, finish: Finish): void {
  const watched = (command: Command) =>
    command
      .argument('<run>')
      .option('-w, --watch', 'show it until it ends; the exit code is its outcome')
      .option('--json', 'with --watch: one event a line, as JSON; with --dry-run: as JSON');
  const forceable = (command: Command) =>
    command.option('--force', 'also where the code of the workers does not fit the run');
  const foreseen = (command: Command) =>
    command
      .option('-n, --dry-run', 'only show what would be repeated and asked again')
      .option('-y, --yes', 'do not ask before it is done');
  /** Done once it is foreseen and agreed to. */
  const act = async (run: string, command: Foreseeable, flags: Flags, doIt: () => Promise<unknown>, done: string) => {
    if (await confirmAct(session, run, command, flags)) finish(await steer(session, run, flags, doIt, done));
    else finish(exitCodes.completed);
  };

  foreseen(watched(program.command('retry').summary('run an ended run again, in the same log'))).action(
    async (run: string, flags: Flags) =>
      act(run, { command: 'retry' }, flags, () => session.client.retry(run), 'retried'),
  );
  edited(
    foreseen(watched(program.command('resume').summary('let a failed run go on from the step that failed'))),
  ).action(async (run: string, flags: EditFlags) => {
    const edits = await readEdits(session, flags);
    await act(run, { command: 'resume', ...edits }, flags, () => session.client.resume(run, edits), 'resumed');
  });
  edited(foreseen(watched(program.command('reset').summary('let a run go on from before a step'))))
    .argument('<step>', 'as in codesmith#2')
    .action(async (run: string, step: string, flags: EditFlags) => {
      const edits = await readEdits(session, flags);
      const doIt = () => session.client.reset(run, step, edits);
      await act(run, { command: 'reset', step, ...edits }, flags, doIt, `reset to ${plain(step)}`);
    });
  edited(foreseen(watched(program.command('fork').summary('start a new run with the past of another'))))
    .option('--step <step>', 'as in codesmith#2; from the beginning otherwise')
    .option('--id <id>', 'id of the new run')
    .action(async (run: string, flags: EditFlags & { step?: string; id?: string }) => {
      const { step, id } = flags;
      const command = { ...(await readEdits(session, flags)), ...(step !== undefined && { step }) };
      if (!(await confirmAct(session, run, { command: 'fork', ...command }, flags))) {
        finish(exitCodes.completed);
        return;
      }
      const forked = await session.client.fork(run, { ...command, ...(id !== undefined && { id }) });
      if (flags.watch) finish(await watch(session, forked.id, { after: 0, json: flags.json === true }));
      else session.print(plain(forked.id));
    });

  watched(
    program.command('pause').summary('let a run wait before its next decision, or a step before its next attempt'),
  )
    .argument('[step]', 'as in codesmith#2; the run otherwise')
    .option('-r, --reason <words>')
    .action(async (run: string, step: string | undefined, flags: Flags & { reason?: string }) => {
      const { reason } = flags;
      const options = { ...(step !== undefined && { step }), ...(reason !== undefined && { reason }) };
      const what = step === undefined ? 'pausing' : `pausing ${plain(step)}`;
      finish(await steer(session, run, flags, () => session.client.pause(run, options), what));
    });
  forceable(foreseen(watched(program.command('unpause').summary('let a paused run, or a paused step, go on'))))
    .argument('[step]', 'as in codesmith#2; the run otherwise')
    .action(async (run: string, step: string | undefined, flags: Flags) => {
      const options = step === undefined ? {} : { step };
      const doIt = () => session.client.unpause(run, { ...options, ...(flags.force && { force: true }) });
      await act(run, { command: 'unpause', ...options }, flags, doIt, 'unpaused');
    });
  forceable(foreseen(watched(program.command('retry-step').summary('begin the next attempt of a step at once'))))
    .argument('[step]', 'as in codesmith#2; may be left out where only one waits')
    .action(async (run: string, step: string | undefined, flags: Flags) => {
      const options = step === undefined ? {} : { step };
      const doIt = () => session.client.retryStep(run, { ...options, ...(flags.force && { force: true }) });
      await act(run, { command: 'retry-step', ...options }, flags, doIt, 'retried now');
    });
  program
    .command('terminate')
    .summary('end a run at once, whatever it does')
    .argument('<run>')
    .option('-r, --reason <words>')
    .action(async (run: string, { reason }: { reason?: string }) => {
      await session.client.terminate(run, reason === undefined ? {} : { reason });
      session.print(`${plain(run)} terminated`);
      finish(exitCodes.completed);
    });
}

/** With the options that change what a run goes on from. */
export function edited(command: Command): Command {
  return command
    .option('--context <json>', 'keys of the context to set: JSON, @file, or -')
    .option('--input <json>', 'another input: JSON, @file, or -')
    .option('--result <step=json>', 'what a step before is taken to have returned; may be repeated', collect)
    .option(
      '--answer <question=json>',
      'what a question that is asked again is answered with; may be repeated',
      collect,
    )
    .option('--keep-answers <ids>', 'questions that keep their recorded answer: all, or a comma list');
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

export async function readEdits(session: Session, flags: EditFlags): Promise<{ edits?: Edits }> {
  const { context, input, result, answer, keepAnswers } = flags;
  const changed = context === undefined ? undefined : await readJson(session, context);
  if (changed !== undefined && (typeof changed !== 'object' || changed === null || Array.isArray(changed))) {
    throw new UsageError('--context takes a JSON object');
  }
  const edits: Edits = {
    ...(changed !== undefined && { context: changed as Record<string, unknown> }),
    ...(input !== undefined && { input: await readJson(session, input) }),
    ...(result !== undefined && { results: await readPairs(session, result, '--result') }),
    ...(answer !== undefined && { answers: await readPairs(session, answer, '--answer') }),
    ...(keepAnswers !== undefined && {
      keepAnswers: keepAnswers === 'all' ? ('all' as const) : keepAnswers.split(','),
    }),
  };
  return Object.keys(edits).length === 0 ? {} : { edits };
}

async function readPairs(session: Session, pairs: readonly string[], flag: string): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`${flag} takes name=JSON, not ${plain(pair)}`);
    values[pair.slice(0, at)] = await readJson(session, pair.slice(at + 1));
  }
  return values;
}
