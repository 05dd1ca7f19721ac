/**
 * Before a run's newest execution is let go on: whether the code of the workers fits what it has done. Where it does not,
 * the run would be stuck at once.
 */
import { BatonError } from '../../protocol/errors.ts';
import { verifyNowMs } from '../../protocol/limits.ts';
import type { Verification } from '../../protocol/schemas/verification.ts';
import { translated } from '../history/history-service.ts';
import { verifyNewest } from '../verify/verify-newest.ts';
import type { RunReading } from './read-run.ts';
import type { RunContext } from './run-context.ts';

/** Errors: replay_failed {verdict, build, event, why}, not_verified. */
export async function requireFit(context: RunContext, reading: RunReading): Promise<void> {
  const { run } = reading;
  const verification = await fitOf(context, reading);
  if (verification === null) {
    throw new BatonError(
      'not_verified',
      `no worker has said in ${verifyNowMs / 1_000} s whether its code fits run ${run}: start one, or say \`force\``,
      { run },
    );
  }
  const refusal = misfit(verification);
  if (refusal !== null) throw refusal;
}

/** On the build that the run goes on on; null where none of its workers has answered in time. */
export async function fitOf(
  { client, config }: RunContext,
  { run, pinnedTo }: RunReading,
): Promise<Verification | null> {
  const options = { taskQueue: config.BATON_TASK_QUEUE, on: pinnedTo, waitMs: verifyNowMs };
  const verified = await translated(run, () => verifyNewest(client, [run], options));
  return verified?.[0] ?? null;
}

/** null where it fits. */
export function misfit({ run, verdict, executions, build }: Verification): BatonError | null {
  if (verdict === 'same') return null;
  const { event = null, why = null } = executions.find((execution) => execution.verdict === verdict) ?? {};
  const where = event === null ? '' : ` at entry ${event.id}, ${event.type}`;
  const message = `the code of the workers does not fit run ${run}${where}: ${why ?? verdict}. Deploy code that fits, reset the run, or say \`force\``;
  return new BatonError('replay_failed', message, { run, verdict, build, event, why });
}
