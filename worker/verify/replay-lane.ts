/** The SDK's replay, one history after another, so that one that breaks it does not take the others along. */
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { replayHistoryMs } from '../../protocol/limits.ts';

type Results = ReturnType<typeof Worker.runReplayHistories>;

export class ReplayLane {
  private readonly options: ReplayWorkerOptions;
  private results: Results | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private given: { workflowId: string; history: History } | null = null;

  constructor(options: ReplayWorkerOptions) {
    this.options = options;
  }

  /** What the replay failed with, or null. Rejects where it could not be replayed at all. In the order of the calls. */
  async replay(workflowId: string, history: History): Promise<Error | null> {
    const before = this.last;
    const replayed = before.then(() => this.next(workflowId, history));
    this.last = replayed.catch(() => undefined);
    return await replayed;
  }

  private async next(workflowId: string, history: History): Promise<Error | null> {
    this.given = { workflowId, history };
    this.results ??= Worker.runReplayHistories(this.options, this.take());
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`its replay has not ended in ${replayHistoryMs} ms`)),
      replayHistoryMs,
    );
    try {
      const { value, done } = await Promise.race([this.results.next(), late.promise]);
      if (done === true) throw new Error('the replay has ended before its history');
      return value.error ?? null;
    } catch (error) {
      // It is of no use any more, and may hang: nobody waits for its end.
      void this.results.return?.().catch(() => undefined);
      this.results = null;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.last;
    await this.results?.return?.();
    this.results = null;
  }

  /** Asked for the next one only when a result is waited for. */
  private async *take(): AsyncGenerator<{ workflowId: string; history: History }> {
    for (let next = this.given; next !== null; next = this.given) {
      this.given = null;
      yield await Promise.resolve(next);
    }
  }
}
