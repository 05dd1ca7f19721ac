/**
 * A run that outsiders feed: each publication is an event of the step `publisher#1`. Replayed: no I/O, no clock.
 *
 *   signal ── take ──▶ waiting ── write, from the main loop ──▶ log
 *                │
 *                └─ malformed, seen before, somebody else's, or after the last: not taken
 */
import { isOversize } from '../../protocol/cut-data.ts';
import type { Principal, PublishSignal } from '../../protocol/execution.ts';
import { isTooDeep } from '../../protocol/is-too-deep.ts';
import { relayRequestsKept } from '../../protocol/limits.ts';
import { failure } from './failure.ts';
import { now } from './now.ts';
import type { RunLog } from './run-log.ts';

const agent = 'publisher';

export class Relay {
  /** How the last publication that was written ends the run. */
  ending: PublishSignal['end'] | null = null;
  private readonly log: RunLog;
  private readonly waiting: PublishSignal[] = [];
  /** Request ids that were taken, oldest first. */
  private readonly seen: Set<string>;
  private isClosed = false;

  constructor(log: RunLog, carry: unknown) {
    this.log = log;
    const { published }: { published?: unknown } = isObject(carry) ? carry : {};
    this.seen = new Set(Array.isArray(published) ? (published as string[]) : []);
  }

  get hasNews(): boolean {
    return this.waiting.length > 0;
  }

  /** From the signal's handler. */
  take(payload: unknown): void {
    // Temporal counts the signals of an execution whatever they are worth.
    this.log.emitSignals++;
    if (this.isClosed || !isPublishSignal(payload) || this.seen.has(payload.requestId)) return;
    if (!mayPublish(payload.by, this.log.state.owner)) return;
    this.remember(payload.requestId);
    this.isClosed = payload.end !== undefined;
    this.waiting.push(payload);
  }

  /** The step that all publications belong to; after a continue-as-new it is open already. */
  open(): void {
    if (this.step !== null) return;
    const step = `${agent}#${(this.log.state.agents[agent]?.calls ?? 0) + 1}`;
    this.log.append({ type: 'agent.started', at: now(), agent, step, attempt: 1, data: { span: [0, 1] } });
  }

  write(): void {
    for (const { at, kind, data, requestId, progress, end } of this.waiting.splice(0)) {
      const place = { agent, step: this.step ?? agent, attempt: 1 };
      this.log.append({ type: 'agent.emitted', at, ...place, data: { ...data, kind, request: requestId } });
      if (progress) this.log.append({ type: 'agent.progressed', at, ...place, data: { ...progress } });
      if (end === undefined) continue;
      this.ending = end;
      const failed = end.status === 'failed' ? { error: { code: 'agent_failed', message: end.message } } : null;
      this.log.append({
        type: failed ? 'agent.failed' : 'agent.completed',
        at,
        ...place,
        data: failed ?? { result: null },
      });
    }
  }

  /** The run's result, or its failure. */
  end(): unknown {
    if (this.ending?.status === 'failed') throw failure('agent_failed', this.ending.message);
    return this.ending?.result ?? null;
  }

  carry(): Record<string, unknown> {
    return { published: [...this.seen] };
  }

  private get step(): string | null {
    return this.log.state.current[0] ?? null;
  }

  private remember(requestId: string): void {
    this.seen.add(requestId);
    const [oldest] = this.seen;
    if (this.seen.size > relayRequestsKept && oldest !== undefined) this.seen.delete(oldest);
  }
}

/** The gateway asks before it signals; but two who begin one run at the same moment may both be let through there. */
function mayPublish({ name, roles, authenticated }: Principal, owner: string | null): boolean {
  return owner === null || roles.includes('ops') || (authenticated && name === owner && roles.includes('client'));
}

function isPublishSignal(value: unknown): value is PublishSignal {
  if (!isObject(value) || isTooDeep(value) || isOversize(JSON.stringify(value))) return false;
  const { requestId, by, at, kind, data, progress, end } = value;
  return (
    [requestId, at, kind].every((text) => typeof text === 'string') &&
    isObject(by) &&
    typeof by['name'] === 'string' &&
    Array.isArray(by['roles']) &&
    isObject(data) &&
    (progress === undefined ||
      (isObject(progress) && typeof progress['fraction'] === 'number' && typeof progress['message'] === 'string')) &&
    (end === undefined ||
      (isObject(end) &&
        (end['status'] === 'completed' || (end['status'] === 'failed' && typeof end['message'] === 'string'))))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
