/** What a run's owner does to it: cancel, begin, message. */
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { plain } from '../render/text.ts';
import type { Session } from '../session.ts';
import { watch } from '../watch/watch-command.ts';
import { readInput, type Finish } from './start.ts';

export interface WatchFlags {
  watch?: true;
  json?: true;
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
  watched(program.command('message').summary('send the next message of a session'))
    .argument('<run>')
    .argument('[pairs...]', 'input as key=value')
    .option('-i, --input <json>', 'input as JSON, @file, or - for standard input')
    .action(async (run: string, pairs: string[], flags: WatchFlags & { input?: string }) => {
      const input = await readInput(session, flags.input, pairs);
      finish(await steer(session, run, flags, () => client().message(run, input), 'continued'));
    });
}

/** The session connects only once it knows the options of the command line. */
function lazy(session: Session): { client: () => Session['client'] } {
  return { client: () => session.client };
}

export async function steer(
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
