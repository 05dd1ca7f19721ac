/** Before something is repeated: what, as the gateway foretells it. */
import { createInterface } from 'node:readline/promises';
import type { Foreseeable } from '../../act-commands.ts';
import type { Prediction, Verification } from '../../types.ts';
import { plain } from '../render/text.ts';
import type { Session } from '../session.ts';

export interface ActFlags {
  dryRun?: true;
  yes?: true;
  json?: true;
  /** Also where the code of the workers does not fit the run. */
  force?: true;
}

/**
 * False where nothing shall be done: `--dry-run` only shows what would be; at a terminal a person is asked, unless
 * `--yes` is given, or nothing would be repeated. `lastSeq`: what the person has looked at.
 */
export async function confirmAct(
  session: Session,
  run: string,
  command: Foreseeable,
  flags: ActFlags,
): Promise<boolean> {
  const isAsked = session.isInteractive && !flags.yes;
  if (!flags.dryRun && !isAsked) return true;
  const prediction = await session.client.predict(run, command);
  if (flags.dryRun && flags.json) session.printJson(prediction);
  else session.print(...predictionLines(prediction, session));
  const { verification } = prediction;
  const fits = !verification || verification.verdict === 'same';
  // The gateway refuses it, and says why: there is nothing to be asked.
  if (!fits && !flags.dryRun && !flags.force) return true;
  if (!(flags.dryRun && flags.json)) session.print(...verificationLines(verification, session));
  if (flags.dryRun) return false;
  if (fits && prediction.repeats.length === 0 && prediction.questions.length === 0) return true;
  return await confirmed(session, `${command.command} ${plain(run)}?`);
}

/** Nothing where it fits. */
function verificationLines(verification: Verification | null | undefined, { theme }: Pick<Session, 'theme'>): string[] {
  if (verification === undefined) return [];
  if (verification === null) return [theme.yellow('no worker has said in time whether its code fits it')];
  return verification.executions
    .filter(({ verdict }) => verdict !== 'same')
    .map(({ event, why }) => {
      const at = event === null ? '' : ` at entry ${event.id} (${event.type})`;
      return theme.red(`the code of the workers does not fit it${at}: ${plain(why ?? '')}`);
    });
}

export function predictionLines({ repeats, questions, from }: Prediction, { theme }: Pick<Session, 'theme'>): string[] {
  const point = from.step === null ? `after seq ${from.seq}` : `from ${plain(from.step)}, after seq ${from.seq}`;
  const again = repeats.map(({ step, startedAttempts, repeatable }) => {
    const attempts = startedAttempts === 1 ? '1 attempt' : `${startedAttempts} attempts`;
    const harm = repeatable ? theme.dim('declared safe to repeat') : theme.red('not declared safe to repeat');
    return `  ${plain(step)}  ${attempts} had started  ${harm}`;
  });
  const asked = questions.map(({ id, kind, step }) =>
    `  ${plain(id)}  ${plain(kind)}  ${step === null ? '' : plain(step)}`.trimEnd(),
  );
  return [
    repeats.length === 0 ? `nothing is repeated ${point}` : `repeats ${point}:`,
    ...again,
    ...(questions.length === 0 ? [] : ['asks again:', ...asked]),
  ];
}

/** Nothing typed is no. */
export async function confirmed({ around }: Session, question: string): Promise<boolean> {
  const line = createInterface({ input: around.stdin, output: around.stdout, terminal: true });
  const stop = new AbortController();
  line.on('SIGINT', () => stop.abort());
  try {
    return /^y(es)?$/i.test((await line.question(`${question} [y/N]: `, { signal: stop.signal })).trim());
  } catch (error) {
    if (stop.signal.aborted) return false;
    throw error;
  } finally {
    line.close();
  }
}
