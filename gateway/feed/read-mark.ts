/** How far the executions of a run have been read, in entries of their histories. */
export class ReadMark {
  private readonly read = new Map<string, number>();
  private readonly waiting = new Set<() => void>();

  /** `isWhole`: the execution is closed and read to its end. */
  advance(runId: string, entries: number, isWhole: boolean): void {
    this.read.set(runId, isWhole ? Number.POSITIVE_INFINITY : Math.max(entries, this.read.get(runId) ?? 0));
    for (const look of this.waiting) look();
  }

  /** Resolves when so many entries have been read; rejects with the signal's reason. */
  reaches(runId: string, entries: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting.delete(look);
        signal.removeEventListener('abort', abandon);
      };
      const look = () => {
        if ((this.read.get(runId) ?? 0) < entries) return;
        leave();
        resolve();
      };
      const abandon = () => {
        leave();
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      this.waiting.add(look);
      signal.addEventListener('abort', abandon);
      look();
      if (signal.aborted) abandon();
    });
  }
}
