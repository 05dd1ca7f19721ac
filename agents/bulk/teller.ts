/** Tells what came of the runs: progress at once, results in batches, each with the checkpoint that stands behind it. */
import type { AgentContext } from '../../protocol/agent.ts';
import type { Ledger } from './ledger.ts';

const figures = new Intl.NumberFormat('en');

export class Teller {
  private readonly ctx: Pick<AgentContext, 'emit' | 'settled' | 'checkpoint' | 'progress' | 'log'>;
  private readonly ledger: Ledger;
  private readonly count: number;
  private telling: Promise<void> | null = null;

  constructor(ctx: Teller['ctx'], ledger: Ledger, count: number) {
    this.ctx = ctx;
    this.ledger = ledger;
    this.count = count;
  }

  /** `1,204 of 5,000, 3 refused` */
  get summary(): string {
    const { counts, finished } = this.ledger;
    const parts = [`${figures.format(finished)} of ${figures.format(this.count)}`];
    if (counts.refused > 0) parts.push(`${figures.format(counts.refused)} refused`);
    if (counts.failed > 0) parts.push(`${figures.format(counts.failed)} failed`);
    return parts.join(', ');
  }

  progress(): void {
    this.ctx.progress(this.count === 0 ? 1 : this.ledger.finished / this.count, this.summary);
  }

  /** Whoever acts does not wait for it: the log takes batches at its own pace. */
  tell(): void {
    this.telling ??= this.tellAll()
      .catch((error: unknown) => {
        // The attempt has ended, or its run: the end of it says so, too.
        this.ctx.log.debug('results could not be told', { err: error });
      })
      .finally(() => {
        this.telling = null;
      });
  }

  /** Tells what is left. Rejects where the log takes no more. */
  async end(): Promise<void> {
    await this.telling;
    await this.tellAll();
  }

  private async tellAll(): Promise<void> {
    for (let told = this.ledger.take(); told; told = this.ledger.take()) {
      await this.ctx.emit('bulk.results', { ...told, of: this.count });
      const mark = this.ledger.mark;
      await this.ctx.settled();
      this.ctx.checkpoint(mark);
    }
  }
}
