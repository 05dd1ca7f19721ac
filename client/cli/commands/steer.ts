/** What changes the course of a run: cancel, begin, retry, reset, fork, message. */
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { plain } from '../render/text.ts';
import type { Session } from '../session.ts';
import { watch } from '../watch/watch-command.ts';
import { readInput, readJson, type Finish } from './start.ts';
import { UsageError } from '../usage-error.ts';

interface WatchFlags {
  watch?: true;
  json?: true;
}

interface EditFlags extends WatchFlags {
  context?: string;
  input?: string;
}

export function addSteering(program: Command, session: Session, finish: Finish): void {
  const { client } = lazy(session);
  const watched = (command: Command) =>
    command
      .option('-w, --watch', 'show it until it ends; the exit code is its outcome')
      .option('--json', 'with --watch: one event a line, as JSON');

  watched(program.command('cancel').summary('cancel a run'))
    .argument('<run>')
    .option('-r, --reason <words>')
    .option('--now', 'do not wait for the agent to clean up')
    .action(async (run: string, flags: WatchFlags & { reason?: string; now?: true }) => {
      const { reason } = flags;
      const act = () =>
        client().cancel(run, { ...(reason !== undefined && { reason }), ...(flags.now && { mode: 'now' as const }) });
      finish(await steer(session, run, flags, act, 'cancelling'));
    });
  watched(program.command('begin').summary('begin a run that is on hold'))
    .argument('<run>')
    .action(async (run: string, flags: WatchFlags) => {
      finish(await steer(session, run, flags, () => client().begin(run), 'begun'));
    });
  watched(program.command('retry').summary('run an ended run again, in the same log'))
    .argument('<run>')
    .action(async (run: string, flags: WatchFlags) => {
      finish(await steer(session, run, flags, () => client().retry(run), 'retried'));
    });
  watched(program.command('reset').summary('let a run go on from before a step'))
    .argument('<run>')
    .argument('<step>', 'as in codesmith#2')
    .option('--context <json>', 'keys of the context to set: JSON, @file, or -')
    .option('--input <json>', 'another input: JSON, @file, or -')
    .action(async (run: string, step: string, flags: EditFlags) => {
      const edits = await readEdits(session, flags);
      finish(await steer(session, run, flags, () => client().reset(run, step, edits), `reset to ${plain(step)}`));
    });
  watched(program.command('fork').summary('start a new run with the past of another'))
    .argument('<run>')
    .option('--step <step>', 'as in codesmith#2; from the beginning otherwise')
    .option('--id <id>', 'id of the new run')
    .option('--context <json>', 'keys of the context to set: JSON, @file, or -')
    .option('--input <json>', 'another input: JSON, @file, or -')
    .action(async (run: string, flags: EditFlags & { step?: string; id?: string }) => {
      const { step, id } = flags;
      const forked = await client().fork(run, {
        ...(await readEdits(session, flags)),
        ...(step !== undefined && { step }),
        ...(id !== undefined && { id }),
      });
      if (flags.watch) finish(await watch(session, forked.id, { after: 0, json: flags.json === true }));
      else session.print(plain(forked.id));
    });
  watched(program.command('message').summary('send the next message of a session'))
    .argument('<run>')
    .argument('[pairs...]', 'input as key=value')
    .option('-i, --input <json>', 'input as JSON, @file, or - for standard input')
    .action(async (run: string, pairs: string[], flags: EditFlags) => {
      const input = await readInput(session, flags.input, pairs);
      finish(await steer(session, run, flags, () => client().message(run, input), 'continued'));
    });
}

/** The session connects only once it knows the options of the command line. */
function lazy(session: Session): { client: () => Session['client'] } {
  return { client: () => session.client };
}

async function steer(
  session: Session,
  run: string,
  flags: WatchFlags,
  act: () => Promise<unknown>,
  done: string,
): Promise<number> {
  if (!flags.watch) {
    await act();
    session.print(`${plain(run)} ${done}`);
    return exitCodes.completed;
  }
  const { lastSeq, endedAt } = await session.client.state(run);
  await act();
  // Of a run that had ended, the end that is in the log already is not the one that is waited for.
  const beyond = endedAt === null ? -1 : lastSeq;
  return watch(session, run, { after: lastSeq, beyond, json: flags.json === true });
}

async function readEdits(
  session: Session,
  { context, input }: EditFlags,
): Promise<{ edits?: { context?: Record<string, unknown>; input?: unknown } }> {
  if (context === undefined && input === undefined) return {};
  const changed = context === undefined ? undefined : await readJson(session, context);
  if (changed !== undefined && (typeof changed !== 'object' || changed === null || Array.isArray(changed))) {
    throw new UsageError('--context takes a JSON object');
  }
  return {
    edits: {
      ...(changed !== undefined && { context: changed as Record<string, unknown> }),
      ...(input !== undefined && { input: await readJson(session, input) }),
    },
  };
}
