import { QueryNotRegisteredError } from '@temporalio/client';
import { stateQueryMs } from '../../protocol/limits.ts';
import type { RunState, RunView } from '../../protocol/schemas/state.ts';
import { withFeed } from '../feed/with-feed.ts';
import type { RunContext } from './run-context.ts';

/** From the workflow while it is open and a worker answers in time, else folded from the log. Errors: run_not_found. */
export async function runState(context: RunContext, run: string): Promise<RunView> {
  const { isRunning, isStuck, isArchived } = await context.service.describe(run);
  if (isRunning && !isStuck) {
    const state = await askWorkflow(context, run);
    if (state) return { ...state, source: 'workflow' };
  }
  return withFeed(context.feeds, run, (feed) => {
    const view: RunView = isArchived ? { ...feed.view(), source: 'archive' } : feed.view();
    return isStuck && !feed.ended ? { ...view, status: 'stuck' } : view;
  });
}

async function askWorkflow({ client, log }: RunContext, run: string): Promise<RunState | null> {
  try {
    return await client.withDeadline(Date.now() + stateQueryMs, () =>
      client.workflow.getHandle(run).query<RunState>('state'),
    );
  } catch (error) {
    // No worker, or one that is busy: the log has the same state.
    if (!(error instanceof QueryNotRegisteredError)) log.debug({ run, err: error }, 'the workflow did not answer');
    return null;
  }
}
