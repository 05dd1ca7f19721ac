import { CommanderError } from 'commander';
import { BatonClientError } from '../errors.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import { buildProgram } from './program.ts';
import { plain } from './render/text.ts';
import { Session, type Surroundings } from './session.ts';
import { UsageError } from './usage-error.ts';

/** Runs one command line (without the program's own name) and resolves with its exit code. */
export async function runCli(args: readonly string[], around: Surroundings): Promise<number> {
  const session = new Session(around);
  let code: number = exitCodes.completed;
  try {
    const program = buildProgram(session, (outcome) => (code = outcome));
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return explain(session, error);
  } finally {
    session.close();
  }
}

/** One line: code, what happened, what to do. Never a stack trace, except for a fault of the program itself. */
function explain(session: Session, error: unknown): number {
  const say = (line: string) => void session.around.stderr.write(`${session.errorTheme.red('error')} ${line}\n`);
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.completed : exitCodes.usage;
  if (error instanceof UsageError) {
    say(error.message);
    return exitCodes.usage;
  }
  if (error instanceof BatonClientError) {
    say([`${plain(error.code)}: ${plain(error.message)}`, ...place(error), ...remedy(error)].join('; '));
    return exitCodeOfError(error);
  }
  say(`this is a fault of baton itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return exitCodes.failed;
}

function place({ message, details: { field } }: BatonClientError): string[] {
  return typeof field === 'string' && !message.includes(field) ? [`at ${plain(field)}`] : [];
}

function remedy({ code }: BatonClientError): string[] {
  switch (code) {
    case 'unreachable':
    case 'timeout':
      return ['is it running (npm start)? Another address: --url or BATON_URL'];
    case 'bad_response':
      return ['is --url the address of a Baton gateway?'];
    case 'unauthenticated':
      return ['give a token: BATON_TOKEN or --token'];
    case 'run_not_found':
      return ['see: baton ls'];
    case 'blueprint_not_found':
    case 'invalid_input':
      return ['see: baton blueprints'];
    case 'question_not_found':
    case 'question_closed':
      return ['see: baton questions'];
    case 'run_ended':
      return ['see: baton show, baton retry'];
    default:
      return [];
  }
}
