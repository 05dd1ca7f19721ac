/** What one event of the log comes to: the frames, and the state after it. */
import { kiWaitingBarMs } from '../../../protocol/limits.ts';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import { supervisorNode, type KiState, type OpenAgent } from './ki-state.ts';
import type { EventMessage, KiMessage } from './message.ts';
import { displayNameOf, nodeOf, personAgent } from './names.ts';

export type Fold = (telling: Telling, event: RunEvent) => void;

type WithoutPlace<T> = T extends unknown ? Omit<T, 'session_id' | 'seq' | 'timestamp'> : never;

export class Telling {
  state: KiState;
  readonly messages: KiMessage[] = [];
  private readonly at: string;
  private readonly recordedAt: string;

  constructor(state: KiState, { at, recordedAt }: Pick<RunEvent, 'at' | 'recordedAt'>) {
    this.state = state;
    this.at = at;
    this.recordedAt = recordedAt;
  }

  set(changes: Partial<KiState>): void {
    this.state = { ...this.state, ...changes };
  }

  /** One of the seven types: it gets the next number. */
  tell(message: WithoutPlace<EventMessage>): void {
    const { session, seq, waiting } = this.state;
    this.set({ seq: seq + 1, waiting: [] });
    this.messages.push(...waiting, { ...message, timestamp: this.at, session_id: session, seq: seq + 1 });
  }

  /** What has no number goes with the one that was told before it, in one piece. */
  tellWithLast(message: KiMessage): void {
    this.messages.push(message);
  }

  tellWithNext(message: KiMessage): void {
    this.set({ waiting: [...this.state.waiting, message] });
  }

  routed(from: string, to: string): void {
    const { iteration } = this.state;
    const update = { last_agent: from, iteration };
    this.set({ node: to });
    this.tell({ type: 'command_routing', from_node: from, to_node: to, command: { goto: to, update } });
  }

  /** Never falls, and stays within [0, 1]. */
  progressed(step: string, fraction: number, message: string): void {
    const known = this.state.open.find((open) => open.step === step);
    if (!known || known.agent === personAgent) return;
    const progress = Math.min(1, Math.max(known.progress, Number.isFinite(fraction) ? fraction : 0));
    const words = message === '' ? `${displayNameOf(known.agent)} is at work` : message;
    this.bar({ ...known, progress }, words);
    if (known.isDelegated) this.waitingBars(known, words);
  }

  /** Who waits for another agent has nothing of its own to say, and must not fall silent all the same. */
  private waitingBars(worker: OpenAgent, words: string): void {
    const { open } = this.state;
    for (const each of open.slice(
      0,
      open.findIndex(({ step }) => step === worker.step),
    )) {
      const silentMs = Date.parse(this.recordedAt) - Date.parse(each.toldAt);
      if (each.agent === personAgent || silentMs < kiWaitingBarMs) continue;
      this.bar(each, `⏳ waiting for ${displayNameOf(worker.agent)}: ${words}`);
    }
  }

  private bar({ agent, step, progress }: OpenAgent, message: string): void {
    this.change(step, { progress, toldAt: this.recordedAt });
    this.tell({ type: 'mcp_progress', server: agent, message, progress });
    this.tellWithLast({ type: 'progress', server: agent, message, progress });
  }

  change(step: string, changes: Partial<OpenAgent>): void {
    this.set({ open: this.state.open.map((open) => (open.step === step ? { ...open, ...changes } : open)) });
  }

  /** Takes an agent off the graph: its bar is full. null where it is none that was told. */
  close(step: string): OpenAgent | null {
    const known = this.state.open.find((open) => open.step === step);
    if (!known) return null;
    this.set({ open: this.state.open.filter((open) => open.step !== step) });
    return known.agent === personAgent ? null : known;
  }

  /** What was at work when the run was ended from outside gets its end all the same. */
  closeAll(message: string): void {
    for (const each of this.state.open.toReversed()) {
      const { step, agent, progress, startedAt } = each;
      if (progress < 1 && agent !== personAgent) this.bar({ ...each, progress: 1 }, `❌ ${message}`);
      if (this.close(step) === null) continue;
      const duration_ms = Math.max(0, Date.parse(this.at) - Date.parse(startedAt)) || 0;
      this.failed(agent, duration_ms, message);
    }
  }

  failed(agent: string, duration_ms: number, error: string): void {
    this.set({ node: nodeOf(agent) });
    this.tell({
      type: 'agent_complete',
      agent,
      agent_name: displayNameOf(agent),
      result_summary: `Failed: ${error}`,
      result_size: '0 B',
      duration_ms,
      status: 'failed',
      error,
    });
  }

  handedBack(agent: string): void {
    this.routed(nodeOf(agent), supervisorNode);
  }
}

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** A count or a duration. */
export function countOf(value: unknown): number {
  const count = Math.round(Number(value));
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}
