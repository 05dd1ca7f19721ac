/** What a bulk job does to each of its runs: the commands, without a look at what came of them. */
import { BatonError } from '../../protocol/errors.ts';
import type { Principal } from '../../protocol/execution.ts';
import type { CommandOptions } from '../../protocol/schemas/commands.ts';
import type { RunAct } from '../../protocol/schemas/jobs.ts';
import { present } from '../present.ts';
import { cancelRun, terminateRun } from './control-run.ts';
import { deleteRun } from './delete-run.ts';
import { forkRun } from './fork-run.ts';
import { retryRun } from './next-execution.ts';
import { pauseRun, retryStep, unpauseRun } from './pause-run.ts';
import { readRun } from './read-run.ts';
import { resetRun, resumeRun } from './reset-run.ts';
import type { RunContext } from './run-context.ts';

/** The id of the run that goes on: a fork's is new. */
export async function actOnRun(
  context: RunContext,
  run: string,
  act: RunAct,
  options: CommandOptions & { by: Principal },
): Promise<string> {
  switch (act.action) {
    case 'fork':
      return await forkRun(context, run, present({ step: act.step, edits: act.edits }), options);
    case 'retry':
      await retryRun(context, run, options);
      break;
    case 'resume':
      await resumeRun(context, run, { edits: act.edits }, options);
      break;
    case 'reset':
      await resetRun(context, run, present({ step: act.step, edits: act.edits }), options);
      break;
    case 'pause':
      await pauseRun(context, run, present({ step: act.step, reason: act.reason }), options);
      break;
    case 'unpause':
      await unpauseRun(context, run, present({ step: act.step, force: act.force }), options);
      break;
    case 'retry-step':
      await retryStep(context, run, present({ step: act.step, force: act.force }), options);
      break;
    case 'cancel':
      await cancelOnce(context, run, present({ reason: act.reason, mode: act.mode }), options);
      break;
    case 'terminate':
      await terminateRun(context, run, present({ reason: act.reason }), options);
      break;
    case 'delete':
      // Again it finds nothing, which is as good; and the server deletes in the background.
      await deleteRun(context, run, { terminate: act.terminate === true, by: options.by, waitMs: 0 });
  }
  return run;
}

/** A cancel has no request id; one that comes again after it has worked finds the run ended by it. */
async function cancelOnce(
  context: RunContext,
  run: string,
  command: Parameters<typeof cancelRun>[2],
  options: CommandOptions & { by: Principal },
): Promise<void> {
  try {
    await cancelRun(context, run, command, options);
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'run_ended') throw error;
    const { by } = options;
    const { events } = await readRun(context, run);
    const cancelling = events.findLast(({ type }) => type === 'run.cancelling')?.data;
    const isOurs = cancelling?.['by'] === by.name && cancelling['via'] === by.via && cancelling['from'] === by.from;
    if (!isOurs || by.from === undefined) throw error;
  }
}
