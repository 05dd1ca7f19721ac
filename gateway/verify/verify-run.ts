/** One run's verification, by a run of `baton-verify` that whoever asks waits for. */
import { verifyAnswerMs } from '../../protocol/limits.ts';
import { verifyOutputSchema, type Verification } from '../../protocol/schemas/verification.ts';
import type { RunView } from '../../protocol/schemas/state.ts';
import type { Guard } from '../auth/guard.ts';
import { awaitMore } from '../cursor/await-more.ts';
import type { Feed } from '../engine.ts';

const verifyBlueprint = 'baton-verify';

/** `verification` is null where no worker had it in time: the job goes on. Errors: run_not_found, forbidden. */
export async function verifyRun(
  guard: Guard,
  run: string,
  waitMs = verifyAnswerMs,
): Promise<{ job: RunView; verification: Verification | null }> {
  await guard.blueprintOf(run);
  const { run: job } = await guard.start({ blueprint: verifyBlueprint, input: { runs: [run] } });
  const feed = await guard.open(job.id);
  try {
    const view = await ended(feed, AbortSignal.timeout(waitMs));
    return { job: view, verification: verificationOf(view, run) };
  } finally {
    feed[Symbol.dispose]();
  }
}

async function ended(feed: Feed, deadline: AbortSignal): Promise<RunView> {
  for (;;) {
    // Listening begins before looking, so that nothing is missed in between.
    const more = awaitMore(feed, deadline);
    const view = feed.view();
    if (view.endedAt !== null || deadline.aborted) return view;
    await more;
  }
}

/** null also where it was cut for its size: then it stands in the job's log. */
function verificationOf({ result }: RunView, run: string): Verification | null {
  const output = verifyOutputSchema.safeParse(result).data;
  return output?.verifications.find((verification) => verification.run === run) ?? null;
}
