/** Where an execution of a plan is, kept so that another worker goes on from there. */
import { z } from 'zod';
import type { AgentContext } from '../../protocol/agent.ts';
import { isOversize } from '../../protocol/cut-data.ts';
import { roomsCheckpointBytes } from '../../protocol/limits.ts';
import { blobRefSchema } from '../../protocol/schemas/event.ts';
import type { StepRecord } from './contract.ts';

const keptSchema = z.object({
  /** Results so far; stored apart where they are large. */
  records: z.union([z.array(z.custom<StepRecord>()), z.object({ stored: blobRefSchema })]),
  waitsUntilMs: z.number().nullable(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }),
});
type Kept = z.infer<typeof keptSchema>;

export class StepJournal {
  readonly records: StepRecord[] = [];
  readonly usage = { inputTokens: 0, outputTokens: 0 };
  /** By the clock, the end of the wait that is under way. */
  waitsUntilMs: number | null = null;
  private readonly ctx: AgentContext;
  private kept: Kept['records'] = [];

  private constructor(ctx: AgentContext) {
    this.ctx = ctx;
  }

  static async resume(ctx: AgentContext): Promise<StepJournal> {
    const journal = new StepJournal(ctx);
    const found = keptSchema.safeParse(ctx.resumedFrom);
    if (!found.success) return journal;
    const { records, waitsUntilMs, usage } = found.data;
    journal.kept = records;
    journal.waitsUntilMs = waitsUntilMs;
    Object.assign(journal.usage, usage);
    if (Array.isArray(records)) journal.records.push(...records);
    else
      journal.records.push(...(JSON.parse(Buffer.from(await ctx.readBlob(records.stored)).toString()) as StepRecord[]));
    return journal;
  }

  /** The step has its result, and the log has it too. */
  async completed(record: StepRecord): Promise<void> {
    this.records.push(record);
    this.waitsUntilMs = null;
    const json = JSON.stringify(this.records);
    this.kept = isOversize(json, roomsCheckpointBytes)
      ? { stored: await this.ctx.storeBlob(Buffer.from(json), 'application/json') }
      : [...this.records];
    this.keep();
  }

  waits(untilMs: number): void {
    this.waitsUntilMs = untilMs;
    this.keep();
  }

  private keep(): void {
    const { kept: records, waitsUntilMs, usage } = this;
    this.ctx.checkpoint({ records, waitsUntilMs, usage } satisfies Kept);
  }
}
