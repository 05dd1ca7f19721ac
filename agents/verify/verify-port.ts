/** What verifying takes. Implemented where the worker is put together. */
import type { RunsFilter } from '../../protocol/schemas/runs-query.ts';
import type { Verification } from '../../protocol/schemas/verification.ts';

export interface VerifyPort {
  /** Every run that fits now, page by page, newest first. */
  select(filter: RunsFilter): AsyncIterable<{ run: string }[]>;
  /** In their order, on the code of this worker. A run that cannot be read is `unreadable`. Rejects with the signal's reason. */
  verify(runs: AsyncIterable<string> | Iterable<string>, signal: AbortSignal): AsyncIterable<Verification>;
  /** Once, when the worker stops. */
  close(): Promise<void>;
}
