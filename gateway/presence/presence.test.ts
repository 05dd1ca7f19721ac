import { afterEach, describe, expect, it } from 'vitest';
import { attendeesPerQuestion, presenceExpiryMs } from '../../protocol/limits.ts';
import { inProcessBus, type PresenceNote } from '../../runtime/live-bus.ts';
import { Presence } from './presence.ts';

const opened: Disposable[] = [];
let nowMs = Date.parse('2026-01-01T00:00:00Z');

function presenceOn(bus = inProcessBus()): Presence {
  const presence = new Presence(bus, () => nowMs++);
  opened.push(presence);
  return presence;
}

/** What somebody was told: each time, by name. */
function attend(presence: Presence, by: string, question = 'q-1') {
  const told: string[][] = [];
  const entry = presence.enter('run', question, { by, told: (others) => told.push(others.map((other) => other.by)) });
  return { told, leave: () => entry[Symbol.dispose]() };
}

afterEach(() => {
  for (const presence of opened.splice(0)) presence[Symbol.dispose]();
});

describe('those who have a question open', () => {
  it('are told of each other at once, and when one of them leaves', () => {
    const presence = presenceOn();
    const anna = attend(presence, 'anna');
    const ben = attend(presence, 'ben');
    ben.leave();
    expect(anna.told).toEqual([[], ['ben'], []]);
    expect(ben.told).toEqual([['anna']]);
  });

  it('are not told of who has another one open', () => {
    const presence = presenceOn();
    const anna = attend(presence, 'anna');
    attend(presence, 'ben', 'q-2');
    expect(anna.told).toEqual([[]]);
  });

  it('are told of each other over two gateways on one bus, whoever came first', () => {
    const bus = inProcessBus();
    const [here, there] = [presenceOn(bus), presenceOn(bus)];
    const anna = attend(here, 'anna');
    const ben = attend(there, 'ben');
    expect(ben.told.at(-1)).toEqual(['anna']);
    expect(anna.told.at(-1)).toEqual(['ben']);
    ben.leave();
    expect(anna.told.at(-1)).toEqual([]);
  });

  it('hear that those of a gateway that stops have gone', () => {
    const bus = inProcessBus();
    const [here, there] = [presenceOn(bus), presenceOn(bus)];
    const anna = attend(here, 'anna');
    attend(there, 'ben');
    there[Symbol.dispose]();
    expect(anna.told.at(-1)).toEqual([]);
  });

  it('forget those of a gateway that has fallen silent, and keep those it says again', () => {
    const bus = inProcessBus();
    const presence = presenceOn(bus);
    const anna = attend(presence, 'anna');
    const note: PresenceNote = { gateway: 'g', run: 'run', question: 'q-1', open: [{ by: 'ben', since: '' }] };
    bus.publishPresence(note);
    nowMs += presenceExpiryMs - 1_000;
    presence.renew();
    expect(anna.told.at(-1)).toEqual(['ben']);
    bus.publishPresence(note);
    nowMs += presenceExpiryMs - 1_000;
    presence.renew();
    expect(anna.told.at(-1)).toEqual(['ben']);
    nowMs += presenceExpiryMs;
    presence.renew();
    expect(anna.told.at(-1)).toEqual([]);
  });

  it('are so many at most, and one that is too many is refused', () => {
    const presence = presenceOn();
    for (let count = 0; count < attendeesPerQuestion; count++) attend(presence, `p${count}`);
    expect(() => attend(presence, 'late')).toThrow(expect.objectContaining({ code: 'subscription_limit' }));
  });
});
