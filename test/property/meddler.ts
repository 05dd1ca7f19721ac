/** Agents of the product, in which something goes wrong by plan: in one step of one run. */
import type { Agent } from '../../protocol/agent.ts';
import { BatonError } from '../../protocol/errors.ts';

/**
 * fails-before  for good, before it has done anything
 * fails-after   for good, when all is done and only its result is missing
 * stumbles      its first attempt fails, before it has done anything
 * holds         until it is told to stop
 */
export type Mischief = 'fails-before' | 'fails-after' | 'stumbles' | 'holds';

/** With which a step fails. No other attempt follows. */
export const plannedFault = 'invalid_input';

export class Meddler {
  private readonly planned = new Map<string, { mischief: Mischief; met: () => void }>();

  /** Resolves when an attempt of the step has come to it. */
  plan(run: string, step: string, mischief: Mischief): Promise<void> {
    return new Promise((met) => this.planned.set(`${run} ${step}`, { mischief, met }));
  }

  relent(run: string, step: string): void {
    this.planned.delete(`${run} ${step}`);
  }

  readonly wrap = (agent: Agent): Agent => ({
    ...agent,
    run: async (ctx, input) => {
      const { mischief, met } = this.planned.get(`${ctx.run} ${ctx.step}`) ?? {};
      met?.();
      if (mischief === 'fails-before') throw fault(ctx.step);
      if (mischief === 'stumbles' && ctx.attempt === 1) throw new Error('the first attempt fails by plan');
      if (mischief === 'holds') await untilStopped(ctx.signal);
      const result = await agent.run(ctx, input);
      if (mischief === 'fails-after' && 'done' in result) throw fault(ctx.step);
      return result;
    },
  });
}

function fault(step: string): BatonError {
  return new BatonError(plannedFault, `${step} fails by plan`);
}

async function untilStopped(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  throw signal.reason instanceof Error ? signal.reason : new Error('stopped');
}
