/** From what an agent emits to an event of its step, its data cut to size. */
import { byteLength, isOversize } from '../protocol/cut-data.ts';
import { BatonError } from '../protocol/errors.ts';
import { isTooDeep } from '../protocol/is-too-deep.ts';
import { logDepth } from '../protocol/limits.ts';
import type { EventDraft, EventType } from '../protocol/schemas/event.ts';
import type { BlobStore } from '../stores/blobs/blob-store.ts';
import { storeEventData } from '../stores/blobs/stored-data.ts';
import type { Emitter } from './emitter.ts';
import type { Progress } from './progress-reporter.ts';

export interface StepPlace {
  run: string;
  agent: string;
  step: string;
  attempt: number;
}

/** Writes events of one attempt. The data is copied: the agent may go on changing it. */
export class EventWriter {
  private readonly place: StepPlace;
  private readonly emitter: Emitter;
  private readonly store: BlobStore;

  constructor(place: StepPlace, emitter: Emitter, store: BlobStore) {
    this.place = place;
    this.emitter = emitter;
    this.store = store;
  }

  /** Resolves when there is room for more. */
  async write(type: EventType, data: Record<string, unknown>, atMs: number): Promise<void> {
    const { agent, step, attempt, run } = this.place;
    if (isTooDeep(data))
      throw new BatonError('agent_failed', `agent ${agent} emitted data over ${logDepth} levels deep`);
    const json = JSON.stringify(data);
    const copy = JSON.parse(json) as Record<string, unknown>;
    const draft: EventDraft = { type, at: new Date(atMs).toISOString(), agent, step, attempt, data: copy };
    if (!isOversize(json)) return await this.emitter.add(draft, jsonBytes(draft));
    const cut = storeEventData(this.store, run, copy).then((small) => {
      const smallDraft = { ...draft, data: small };
      return { draft: smallDraft, bytes: jsonBytes(smallDraft) };
    });
    return await this.emitter.add(draft, byteLength(json), cut);
  }

  /** `agent.progressed`. */
  async progressed({ fraction, message, atMs }: Progress): Promise<void> {
    await this.write('agent.progressed', { fraction, message }, atMs);
  }

  /** Resolves when all that was written so far is durable. */
  async settled(): Promise<void> {
    await this.emitter.settled();
  }

  /** `agent.emitted {kind, ...data}`. */
  async emit(kind: string, data: Record<string, unknown>, atMs: number): Promise<void> {
    if (typeof kind !== 'string' || kind === '')
      throw new BatonError('agent_failed', `agent ${this.place.agent} emitted an event without a kind`);
    await this.write('agent.emitted', Object.assign({ kind }, data, { kind }), atMs);
  }
}

function jsonBytes(draft: EventDraft): number {
  return byteLength(JSON.stringify(draft));
}
