/**
 * Does the same to each run of the list, at a pace. Every command carries a request id of job and run, so whatever a
 * killed attempt had begun with is done once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { AgentContext, AgentResult } from '../../protocol/agent.ts';
import type { Principal } from '../../protocol/execution.ts';
import { bulkInFlight, bulkResultsMs, bulkResultsPerEvent } from '../../protocol/limits.ts';
import type { Bulk, RunAct } from '../../protocol/schemas/jobs.ts';
import { actOnOne } from './act-on-one.ts';
import type { ActInput, ActOutput } from './contract.ts';
import { Ledger, markSchema } from './ledger.ts';
import type { OpsPort } from './ops-port.ts';
import { Pace } from './pace.ts';
import { Teller } from './teller.ts';

export async function actOnRuns(
  ctx: AgentContext,
  { job, selected }: ActInput,
  port: OpsPort,
): Promise<AgentResult<ActOutput>> {
  const { signal } = ctx;
  const runs = z.array(z.string()).parse(JSON.parse(Buffer.from(await ctx.readBlob(selected.blob)).toString('utf8')));
  const ledger = new Ledger(markSchema.safeParse(ctx.resumedFrom).data ?? null);
  const teller = new Teller(ctx, ledger, runs.length);
  const act = actOf(job);
  const by = actorOf(ctx);
  const pace = new Pace(job.perSecond);
  const inFlight = new Set<Promise<void>>();
  const begin = (place: number, run: string) => {
    const doing = actOnOne(run, () => port.act(run, act, by, `${ctx.run}:${run}`), signal)
      .then((result) => ledger.add(place, result))
      // Told to stop in between: the next attempt takes it up again.
      .catch(() => undefined)
      .then(() => {
        inFlight.delete(doing);
        teller.progress();
      });
    inFlight.add(doing);
  };
  const following = await port.follow(ctx.run);
  const telling = setInterval(() => teller.tell(), bulkResultsMs);
  try {
    for (let place = ledger.mark.told; place < runs.length && !signal.aborted; place++) {
      while (inFlight.size >= bulkInFlight) await Promise.race(inFlight);
      if (following.paused) {
        teller.tell();
        await following.untilUnpaused(signal);
      }
      const waitMs = pace.take(Date.now());
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
      begin(place, runs[place] ?? '');
      if (place % bulkResultsPerEvent === bulkResultsPerEvent - 1) teller.tell();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(telling);
    following[Symbol.dispose]();
    // What has begun with is waited for, and told, also where the job is cancelled or the step paused.
    while (inFlight.size > 0) await Promise.race(inFlight);
    await teller.end();
  }
  signal.throwIfAborted();
  const { counts, codes } = ledger.mark;
  return { done: { count: runs.length, ...counts, codes }, message: teller.summary };
}

function actOf({ filter: _filter, all: _all, perSecond: _perSecond, dryRun: _dryRun, ...act }: Bulk): RunAct {
  return act;
}

/** Whose job it is, as the logs of the runs say it. */
function actorOf({ owner, run }: AgentContext): Principal {
  return { name: owner ?? 'anonymous', roles: ['ops'], authenticated: owner !== null, via: 'job', from: run };
}
