/**
 * From a run's log to a dialect's messages: a pure fold. Its state after an entry and the frames it makes of it depend on
 * the log alone, so they are made once for all who read the entry, and states must never be changed in place.
 */
import type { LiveFrame, RunEvent } from '../../protocol/schemas/event.ts';
import type { LogEntry } from '../engine.ts';
import { encodedFramesKept } from '../../protocol/limits.ts';
import { isCut } from './whole-event.ts';

export interface Translation<State, Message> {
  /** Before the first event. `client` is the id as the dialect's clients know the run. */
  initial(run: { id: string; client: string }): State;
  /** What clients are told of an event, and the state after it. Never throws, whatever the event's data. */
  event(state: State, event: RunEvent): { state: State; messages: readonly Message[] };
  /** Of progress and text between two events. */
  live?(state: State, frame: LiveFrame): readonly Message[];
  /** Events whose data must be whole: where it was cut, or values in it were stored, blobs are read first. Default: none. */
  isNeededWhole?(event: RunEvent): boolean;
  encode(message: Message): string;
}

export interface Frame<Message> {
  readonly message: Message;
  /** Encoded when it is first told. */
  readonly text: string;
}

export interface Step<State, Message> {
  state: State;
  frames: readonly Frame<Message>[];
}

/** One for each dialect (and variant) of a gateway. */
export class Translator<State, Message> {
  readonly translation: Translation<State, Message>;
  private readonly steps = new WeakMap<LogEntry, Step<State, Message>>();
  /** Those that hold their text, oldest first: whoever watches now is told them, and an old log costs no memory. */
  private readonly encoded: LazyFrame<Message>[] = [];

  constructor(translation: Translation<State, Message>) {
    this.translation = translation;
  }

  /** `event`: the entry's, its data whole where that is needed. */
  step(before: State, entry: LogEntry, event: RunEvent): Step<State, Message> {
    const known = this.steps.get(entry);
    if (known) return known;
    const { state, messages } = this.translation.event(before, event);
    const step = { state, frames: this.framesOf(messages) };
    this.steps.set(entry, step);
    return step;
  }

  live(state: State, frame: LiveFrame): readonly Frame<Message>[] {
    const messages = this.translation.live?.(state, frame) ?? [];
    return messages.map((message) => ({ message, text: this.translation.encode(message) }));
  }

  /** Whether the entry can be taken as it is: not where its data was cut and is needed. */
  needsWhole(entry: LogEntry): boolean {
    if (this.steps.has(entry) || this.translation.isNeededWhole?.(entry.event) !== true) return false;
    return isCut(entry.event);
  }

  private framesOf(messages: readonly Message[]): readonly Frame<Message>[] {
    return messages.map((message) => new LazyFrame(message, this.encode));
  }

  private readonly encode = (frame: LazyFrame<Message>): string => {
    this.encoded.push(frame);
    if (this.encoded.length > encodedFramesKept) this.encoded.shift()?.forget();
    return this.translation.encode(frame.message);
  };
}

class LazyFrame<Message> implements Frame<Message> {
  readonly message: Message;
  private readonly encode: (frame: LazyFrame<Message>) => string;
  private kept: string | null = null;

  constructor(message: Message, encode: (frame: LazyFrame<Message>) => string) {
    this.message = message;
    this.encode = encode;
  }

  get text(): string {
    this.kept ??= this.encode(this);
    return this.kept;
  }

  forget(): void {
    this.kept = null;
  }
}
