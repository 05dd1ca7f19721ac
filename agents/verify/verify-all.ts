import type { AgentContext, AgentResult } from '../../protocol/agent.ts';
import { verificationsTold } from '../../protocol/limits.ts';
import type { Verdict, Verification, VerifyInput, VerifyOutput } from '../../protocol/schemas/verification.ts';
import type { VerifyPort } from './verify-port.ts';

/** A repeated attempt begins anew: verifying changes nothing. */
export async function verifyAll(
  ctx: AgentContext,
  { runs, filter = {} }: VerifyInput,
  port: VerifyPort,
): Promise<AgentResult<VerifyOutput>> {
  const ids = runs ?? (await selected(port, filter));
  const counts: Partial<Record<Verdict, number>> = {};
  const told: Verification[] = [];
  let done = 0;
  let build: string | null = null;
  for await (const verification of port.verify(ids, ctx.signal)) {
    const { run, verdict } = verification;
    counts[verdict] = (counts[verdict] ?? 0) + 1;
    build = verification.build;
    if (verdict !== 'same') await ctx.emit('verify.run', { ...verification });
    told.push(verification);
    ctx.progress(++done / ids.length, `${run}: ${verdict}`);
  }
  const notSame = told.filter(({ verdict }) => verdict !== 'same');
  const same = told.filter(({ verdict }) => verdict === 'same');
  const verifications = [...notSame, ...same].slice(0, verificationsTold);
  return { done: { build, counts, verifications }, message: summary(counts) };
}

async function selected(port: VerifyPort, filter: NonNullable<VerifyInput['filter']>): Promise<string[]> {
  const ids = new Set<string>();
  for await (const page of port.select(filter)) for (const { run } of page) ids.add(run);
  return [...ids];
}

function summary(counts: Partial<Record<Verdict, number>>): string {
  const parts = Object.entries(counts).map(([verdict, count]) => `${count} ${verdict.replace('_', ' ')}`);
  return parts.length === 0 ? 'no run fits' : parts.join(', ');
}
