/**
 * Writes a crawl's state and tells the log, in that order and never one without the other: what is told is on disk with
 * the change that it tells of, and leaves the disk when the log has it. A crawl that goes on after a crash first tells
 * what may not have arrived.
 */
import type { AgentContext } from '../../protocol/agent.ts';
import type { CrawlChange, CrawlEvent, CrawlState } from '../../stores/knowledge/crawl-state.ts';
import { isReached, type Stage, stagePercentage } from './stage.ts';

export class CrawlJournal {
  readonly state: CrawlState;
  readonly #ctx: AgentContext;
  #told: number | null = null;
  #confirming: Promise<void> | null = null;

  constructor(ctx: AgentContext, state: CrawlState) {
    this.#ctx = ctx;
    this.state = state;
  }

  /** Tells again what an earlier attempt may not have brought into the log. */
  async resume(): Promise<void> {
    for (const { id, event } of this.state.unconfirmed()) await this.#tell(id, [event]);
  }

  /** Resolves when there is room for more. Throws `run_moved` when another attempt has the crawl. */
  async commit(change: CrawlChange): Promise<void> {
    const last = this.state.commit(change, this.now());
    await this.#tell(last, change.events ?? []);
  }

  /** Enters a stage, unless the crawl has come that far already. */
  async enter(stage: Stage, url: string, also: CrawlChange = {}, facts: Record<string, number> = {}): Promise<void> {
    if (isReached(this.state.facts.stage, stage)) return;
    const percentage = stagePercentage(stage);
    await this.commit({
      ...also,
      set: { ...also.set, stage, percentage: Math.max(percentage, this.state.facts.percentage) },
      events: [{ kind: 'crawl.stage', data: { stage, percentage, url, ...facts } }, ...(also.events ?? [])],
    });
    this.progress(stage);
  }

  /** What was written by other means than `commit`. */
  async tell(lastEvent: number | null, events: readonly CrawlEvent[]): Promise<void> {
    await this.#tell(lastEvent, events);
  }

  progress(message: string): void {
    this.#ctx.progress(this.state.facts.percentage / 100, message);
  }

  now(): string {
    return new Date().toISOString();
  }

  /** Resolves when the log has everything. */
  async settle(): Promise<void> {
    while (this.#confirming) await this.#confirming;
  }

  async #tell(last: number | null, events: readonly CrawlEvent[]): Promise<void> {
    // All at once: what is emitted in one turn keeps its order and travels together.
    const emitted = events.map(({ kind, data }) => this.#ctx.emit(kind, data));
    if (last !== null) {
      this.#told = last;
      this.#confirming ??= this.#confirm();
      // Its failure shows in `emit` and `settle`, too.
      this.#confirming.catch((error: unknown) => this.#ctx.log.debug('events were not confirmed', { err: error }));
    }
    await Promise.all(emitted);
  }

  async #confirm(): Promise<void> {
    try {
      while (this.#told !== null) {
        const until = this.#told;
        await this.#ctx.settled();
        this.state.confirm(until);
        if (this.#told === until) this.#told = null;
      }
    } finally {
      this.#confirming = null;
    }
  }
}
