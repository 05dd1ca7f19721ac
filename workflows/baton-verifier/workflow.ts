/** Replayed: no I/O, no clock. Verifies a few runs on the worker that takes it, at once, and ends with what was found. */
import { proxyActivities } from '@temporalio/workflow';
import type { VerifyNewestActivity } from '../../activities/verify-newest.ts';
import { verifierHeartbeatMs, verifyLotMs } from '../../protocol/limits.ts';
import type { Verification } from '../../protocol/schemas/verification.ts';
import type { VerifierInput } from '../../protocol/verifier.ts';

const { verifyNewest } = proxyActivities<{ verifyNewest: VerifyNewestActivity }>({
  startToCloseTimeout: verifyLotMs,
  heartbeatTimeout: verifierHeartbeatMs,
  // Of workers that die: whoever asks has set a time to the whole.
  retry: { initialInterval: '100ms', maximumInterval: '1s' },
});

export async function batonVerifier({ runs }: VerifierInput): Promise<Verification[]> {
  return await verifyNewest(runs);
}
