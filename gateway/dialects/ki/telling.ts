/** What one event of the log comes to: the frames, and the state after it. */
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { KiState, OpenAgent } from './ki-state.ts';
import type { EventMessage, KiMessage } from './message.ts';
import { displayNameOf, nodeOf, personAgent } from './names.ts';

export type Fold = (telling: Telling, event: RunEvent) => void;

type WithoutPlace<T> = T extends unknown ? Omit<T, 'session_id' | 'seq' | 'timestamp'> : never;

export class Telling {
  state: KiState;
  readonly messages: KiMessage[] = [];
  private readonly at: string;

  constructor(state: KiState, at: string) {
    this.state = state;
    this.at = at;
  }

  set(changes: Partial<KiState>): void {
    this.state = { ...this.state, ...changes };
  }

  /** One of the seven types: it gets the next number. */
  tell(message: WithoutPlace<EventMessage>): void {
    const { session, seq } = this.state;
    this.set({ seq: seq + 1 });
    this.messages.push({ ...message, timestamp: this.at, session_id: session, seq: seq + 1 });
  }

  tellUnnumbered(message: KiMessage): void {
    this.messages.push(message);
  }

  routed(from: string, to: string): void {
    const { iteration } = this.state;
    const update = { last_agent: from, iteration };
    this.tell({ type: 'command_routing', from_node: from, to_node: to, command: { goto: to, update } });
  }

  /** Never falls, and stays within [0, 1]. */
  progressed(step: string, fraction: number, message: string): void {
    const known = this.state.open.find((open) => open.step === step);
    if (!known || known.agent === personAgent) return;
    const progress = Math.min(1, Math.max(known.progress, Number.isFinite(fraction) ? fraction : 0));
    this.change(step, { progress });
    const bar = { server: known.agent, message: message === '' ? `${displayNameOf(known.agent)} is at work` : message };
    this.tell({ type: 'mcp_progress', ...bar, progress });
    this.tellUnnumbered({ type: 'progress', ...bar, progress });
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
    for (const { step, agent, progress, startedAt } of this.state.open.toReversed()) {
      if (progress < 1) this.progressed(step, 1, `❌ ${message}`);
      if (this.close(step) === null) continue;
      const duration_ms = Math.max(0, Date.parse(this.at) - Date.parse(startedAt)) || 0;
      this.failed(agent, duration_ms, message);
    }
  }

  failed(agent: string, duration_ms: number, error: string): void {
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
    this.routed(nodeOf(agent), 'supervisor');
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
