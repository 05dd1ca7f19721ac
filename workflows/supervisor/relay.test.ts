import { expect, test } from 'vitest';
import { emptyState, fold } from '../../protocol/fold.ts';
import { relayRequestsKept } from '../../protocol/limits.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import { Relay } from './relay.ts';
import type { RunLog } from './run-log.ts';

const by = { name: 'ann', roles: ['client'], authenticated: true };
const publication = (requestId: string, more: object = {}) => ({
  requestId,
  by,
  at: '2026-01-05T10:00:00.000Z',
  kind: 'k',
  data: { text: requestId },
  ...more,
});

/** The log as far as a relay sees it. */
function relayWith(carry: unknown, owner: string | null = null) {
  const drafts: EventDraft[] = [];
  const state = { ...emptyState('r'), owner };
  const append = (...given: EventDraft[]) => {
    for (const draft of given) {
      drafts.push(draft);
      fold(state, { ...draft, seq: drafts.length, recordedAt: draft.at });
    }
  };
  const relay = new Relay({ state, append, emitSignals: 0 } as unknown as RunLog, carry);
  relay.open();
  const texts = () => {
    relay.write();
    return drafts.flatMap(({ data }) => (typeof data['text'] === 'string' ? [data['text']] : []));
  };
  return { relay, texts };
}

test('a request that was taken before a continue-as-new is known after it', () => {
  const first = relayWith(undefined);
  first.relay.take(publication('a'));
  const second = relayWith(first.relay.carry());
  second.relay.take(publication('a'));
  second.relay.take(publication('b'));
  expect(second.texts()).toEqual(['b']);
});

test('only the newest requests are remembered', () => {
  const { relay } = relayWith(undefined);
  for (let index = 0; index <= relayRequestsKept; index++) relay.take(publication(String(index)));
  const { published } = relay.carry() as { published: string[] };
  expect(published).toHaveLength(relayRequestsKept);
  expect(published[0]).toBe('1');
});

test('a malformed publication is worth nothing', () => {
  const { relay, texts } = relayWith(undefined);
  const malformed = [
    null,
    'x',
    {},
    publication('1', { requestId: 1 }),
    publication('2', { by: null }),
    publication('3', { data: [] }),
    publication('4', { kind: undefined }),
    publication('5', { progress: { fraction: 'x', message: '' } }),
    publication('6', { end: { status: 'failed' } }),
    publication('7', { data: { text: 'x'.repeat(40_000) } }),
  ];
  for (const payload of malformed) relay.take(payload);
  expect(texts()).toEqual([]);
  expect(relay.hasNews).toBe(false);
});

test('only its owner and ops publish to a relay', () => {
  const { relay, texts } = relayWith(undefined, 'ann');
  relay.take(publication('ann'));
  relay.take(publication('bob', { by: { ...by, name: 'bob' } }));
  relay.take(publication('anonymous', { by: { ...by, authenticated: false } }));
  relay.take(publication('olga', { by: { name: 'olga', roles: ['ops'], authenticated: true } }));
  expect(texts()).toEqual(['ann', 'olga']);
});

test('what comes after the last one is not taken', () => {
  const { relay, texts } = relayWith(undefined);
  relay.take(publication('last', { end: { status: 'completed', result: 1 } }));
  relay.take(publication('late'));
  expect(texts()).toEqual(['last']);
  expect(relay.end()).toBe(1);
});
