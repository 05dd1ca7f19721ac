import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { mergeInput, parsePairs, readJsonArgument } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { plain } from '../render/text.ts';
import type { Session } from '../session.ts';
import { watch } from '../watch/watch-command.ts';

export type Finish = (code: number) => void;

interface StartFlags {
  input?: string;
  id?: string;
  hold?: true;
  webhook?: string;
  watch?: true;
  json?: true;
}

export function addStart(program: Command, session: Session, finish: Finish): void {
  program
    .command('start')
    .summary('start a run')
    .description('Start a run. Its id is printed; with --watch it is shown until it ends.')
    .argument('<blueprint>', 'see: baton blueprints')
    .argument('[pairs...]', 'input as key=value (JSON where it is JSON, else text; key:=JSON; a.b=1 reaches inside)')
    .option('-i, --input <json>', 'input as JSON, @file, or - for standard input')
    .option('--id <id>', 'id of the run; made by the gateway otherwise')
    .option('--hold', 'wait until `baton begin`')
    .option('--webhook <url>', 'is posted the questions and ends of the run')
    .option('-w, --watch', 'show it until it ends; the exit code is its outcome')
    .option('--json', 'print the run, or with --watch its events, as JSON')
    .action(async (blueprint: string, pairs: string[], flags: StartFlags) => {
      const input = await readInput(session, flags.input, pairs);
      const { run, created } = await session.client.start(blueprint, input, {
        ...(flags.id !== undefined && { id: flags.id }),
        ...(flags.hold && { hold: true }),
        ...(flags.webhook !== undefined && { webhook: { url: flags.webhook } }),
      });
      if (!created) session.note(`${plain(run.id)} had been started before`);
      if (flags.watch) {
        finish(await watch(session, run.id, { after: 0, json: flags.json === true }));
        return;
      }
      if (flags.json) session.printJson(run);
      else session.print(plain(run.id));
      if (session.isTerminal) session.note(`baton watch ${plain(run.id)}`);
      finish(exitCodes.completed);
    });
}

/** `--input` and key=value together. */
export async function readInput(
  session: Session,
  json: string | undefined,
  pairs: readonly string[],
): Promise<unknown> {
  const base = json === undefined ? undefined : await readJson(session, json);
  return mergeInput(base, parsePairs(pairs));
}

export function readJson(session: Session, argument: string): Promise<unknown> {
  return readJsonArgument(argument, {
    file: (path) => readFile(path, 'utf8'),
    stdin: () => session.readStdin(),
  });
}
