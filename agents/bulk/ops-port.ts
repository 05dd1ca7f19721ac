/** What bulk jobs need of the engine. Implemented where the worker is put together. */
import type { Principal } from '../../protocol/execution.ts';
import type { RunAct } from '../../protocol/schemas/jobs.ts';
import type { RunsFilter } from '../../protocol/schemas/runs-query.ts';
import type { RunStatus } from '../../protocol/schemas/state.ts';

export interface Found {
  run: string;
  blueprint: string;
  status: RunStatus;
}

export interface OpsPort {
  /** Every run that fits now, page by page, newest first. One that changes meanwhile may come twice, or not. */
  select(filter: RunsFilter): AsyncIterable<Found[]>;
  /**
   * Once, however often it is asked for with the same `requestId`. The id of the run that goes on: a fork's is new.
   * Errors: those of the command; temporal_down.
   */
  act(run: string, act: RunAct, by: Principal, requestId: string): Promise<string>;
  /** Whether somebody has paused the run; to be disposed of. */
  follow(run: string): Promise<Following>;
  /** Once, when the worker stops. */
  close(): Promise<void>;
}

export interface Following extends Disposable {
  readonly paused: boolean;
  /** Resolves at once where it is not paused. Rejects with the signal's reason. */
  untilUnpaused(signal: AbortSignal): Promise<void>;
}
