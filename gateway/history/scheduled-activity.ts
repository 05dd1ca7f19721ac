/** An activity as its history tells that it was scheduled: for which step of which agent, if it is an agent's. */
import type { Payload } from '@temporalio/common';
import { readActivitySummary, type AgentTask } from '../../protocol/execution.ts';
import type { HistoryEvent } from './history-service.ts';

export type ScheduledStep = Pick<AgentTask, 'agent' | 'step' | 'attemptBase'>;

type Attributes = NonNullable<HistoryEvent['activityTaskScheduledEventAttributes']>;

export class ScheduledActivity {
  readonly activityId: string;
  private readonly type: string;
  /** Views into a page of the history: let go as soon as it is known whose the activity is. */
  private payloads: { summary: Payload | null | undefined; input: Payload | null | undefined } | null;
  private known: ScheduledStep | null = null;

  constructor(made: Attributes, entry: HistoryEvent) {
    this.activityId = made.activityId ?? '';
    this.type = made.activityType?.name ?? '';
    this.payloads = { summary: entry.userMetadata?.summary, input: made.input?.payloads?.[0] };
  }

  /** null for what is no agent's. */
  async step(decode: (payload: Payload) => unknown): Promise<ScheduledStep | null> {
    if (this.payloads !== null) {
      this.known = await this.read(this.payloads, decode);
      this.payloads = null;
    }
    return this.known;
  }

  /** The input is decoded only where an older kernel has told nothing else: it may be large. */
  private async read(
    { summary, input }: NonNullable<ScheduledActivity['payloads']>,
    decode: (payload: Payload) => unknown,
  ): Promise<ScheduledStep | null> {
    const told = summary ? readActivitySummary(await decode(summary)) : null;
    if (told !== null) return { agent: this.type, ...told };
    const task = ((input ? await decode(input) : null) ?? {}) as Partial<AgentTask>;
    const { agent, step, attemptBase = 0 } = task;
    return typeof step === 'string' && typeof agent === 'string' ? { agent, step, attemptBase } : null;
  }
}
