/**
 * Who has which question open, as sockets say. It only tells, it never locks. Kept in memory: an entry lives as long as
 * its socket, and what another gateway said over the live bus until it says otherwise or has fallen silent.
 */
import { randomUUID } from 'node:crypto';
import { BatonError } from '../../protocol/errors.ts';
import {
  attendeesPerQuestion,
  presenceElsewhereMax,
  presenceExpiryMs,
  presenceRenewMs,
} from '../../protocol/limits.ts';
import type { Attendee } from '../../protocol/schemas/presence.ts';
import type { LiveBus, PresenceNote } from '../../runtime/live-bus.ts';

type Told = (others: Attendee[]) => void;

interface Local {
  attendee: Attendee;
  told: Told;
  /** What was told last, as JSON: the same is not told again. */
  last: string;
}

interface Place {
  run: string;
  question: string;
  locals: Set<Local>;
  /** By gateway. */
  elsewhere: Map<string, { open: Attendee[]; heardAtMs: number }>;
}

export class Presence implements Disposable {
  readonly #bus: LiveBus;
  readonly #now: () => number;
  readonly #gateway = randomUUID();
  readonly #places = new Map<string, Place>();
  readonly #listening: Disposable;
  readonly #renewing: ReturnType<typeof setInterval>;

  constructor(bus: LiveBus, now: () => number = Date.now) {
    this.#bus = bus;
    this.#now = now;
    this.#listening = bus.onPresence((note) => this.#hear(note));
    this.#renewing = setInterval(() => this.renew(), presenceRenewMs);
    this.#renewing.unref();
  }

  /**
   * `told` is called with who else has it open, at once and whenever that changes, until this is disposed of.
   * Errors: subscription_limit.
   */
  enter(run: string, question: string, { by, told }: { by: string; told: Told }): Disposable {
    const place = this.#place(run, question);
    if (place.locals.size >= attendeesPerQuestion) {
      const message = `${attendeesPerQuestion} have question ${question} open already: more are not told of each other`;
      throw new BatonError('subscription_limit', message, { run, question });
    }
    const local: Local = { attendee: { by, since: new Date(this.#now()).toISOString() }, told, last: '' };
    place.locals.add(local);
    this.#changed(place);
    return {
      [Symbol.dispose]: () => {
        if (place.locals.delete(local)) this.#changed(place);
      },
    };
  }

  /** Says again what is so, and forgets what nobody has said again. Called by its own timer. */
  renew(): void {
    const heardSinceMs = this.#now() - presenceExpiryMs;
    for (const place of this.#places.values()) {
      const before = place.elsewhere.size;
      for (const [gateway, { heardAtMs }] of place.elsewhere) {
        if (heardAtMs <= heardSinceMs) place.elsewhere.delete(gateway);
      }
      if (place.locals.size > 0) this.#announce(place);
      if (place.elsewhere.size < before) this.#tell(place);
      this.#dropIfEmpty(place);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#renewing);
    this.#listening[Symbol.dispose]();
    for (const place of this.#places.values()) {
      place.locals.clear();
      this.#announce(place);
    }
    this.#places.clear();
  }

  #hear({ gateway, run, question, open }: PresenceNote): void {
    if (gateway === this.#gateway) return;
    const isKnown = this.#places.has(keyOf(run, question));
    if (!isKnown && (open.length === 0 || this.#places.size >= presenceElsewhereMax)) return;
    const place = this.#place(run, question);
    const isNew = !place.elsewhere.has(gateway);
    if (open.length === 0) place.elsewhere.delete(gateway);
    else place.elsewhere.set(gateway, { open: open.slice(0, attendeesPerQuestion), heardAtMs: this.#now() });
    this.#tell(place);
    // Whoever has just come does not know of ours.
    if (isNew && open.length > 0 && place.locals.size > 0) this.#announce(place);
    this.#dropIfEmpty(place);
  }

  #changed(place: Place): void {
    this.#announce(place);
    this.#tell(place);
    this.#dropIfEmpty(place);
  }

  #announce({ run, question, locals }: Place): void {
    const open = [...locals].map(({ attendee }) => attendee);
    this.#bus.publishPresence({ gateway: this.#gateway, run, question, open });
  }

  #tell(place: Place): void {
    const elsewhere = [...place.elsewhere.values()].flatMap(({ open }) => open);
    for (const local of place.locals) {
      const here = [...place.locals].filter((other) => other !== local).map(({ attendee }) => attendee);
      const others = [...here, ...elsewhere].toSorted((a, b) => (a.since < b.since ? -1 : 1));
      const json = JSON.stringify(others);
      if (local.last === json) continue;
      local.last = json;
      local.told(others);
    }
  }

  #place(run: string, question: string): Place {
    const key = keyOf(run, question);
    const place = this.#places.get(key) ?? { run, question, locals: new Set(), elsewhere: new Map() };
    this.#places.set(key, place);
    return place;
  }

  #dropIfEmpty({ run, question, locals, elsewhere }: Place): void {
    if (locals.size === 0 && elsewhere.size === 0) this.#places.delete(keyOf(run, question));
  }
}

function keyOf(run: string, question: string): string {
  return `${run} ${question}`;
}
