import { expect, test } from 'vitest';
import { BatonError } from '../../protocol/errors.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { isCut, wholeEvent } from './whole-event.ts';

const json = 'application/json';
const eventWith = (data: Record<string, unknown>): RunEvent => ({
  seq: 1,
  at: '',
  recordedAt: '',
  type: 'agent.emitted',
  data,
});

function storeOf(blobs: Record<string, string>) {
  return {
    blob: async (_run: string, ref: string) => {
      const text = blobs[ref];
      if (text === undefined) throw new BatonError('blob_not_found', `there is no blob ${ref}`);
      const bytes = Buffer.from(text);
      return {
        blob: { ref, bytes: bytes.byteLength, type: json },
        read: async (from: number, to: number) => bytes.subarray(from, to),
      };
    },
  };
}

test('data that was cut, and values that stand elsewhere, come back whole', async () => {
  const store = storeOf({ whole: '{"kind":"page","text":"long"}', part: '["a","b"]' });
  const cut = eventWith({ kind: 'page', preview: '{"ki', blob: { ref: 'whole', bytes: 28, type: json } });
  const nested = eventWith({ result: { files: { preview: '["a', blob: { ref: 'part', bytes: 9, type: json } } } });
  expect([cut, nested].map(isCut)).toEqual([true, true]);
  expect((await wholeEvent(store, 'r', cut)).data).toEqual({ kind: 'page', text: 'long' });
  expect((await wholeEvent(store, 'r', nested)).data).toEqual({ result: { files: ['a', 'b'] } });
});

test('what an agent calls blob itself is not taken for cut data', () => {
  const own = [{ kind: 'file', blob: { ref: 'x', bytes: 1, type: 'image/png' } }, { blob: 'a word' }, { preview: 'p' }];
  expect(own.map((data) => isCut(eventWith(data)))).toEqual([false, false, false]);
});

test('a blob that is gone, or is none, leaves the event cut; any other fault is for the caller to try again', async () => {
  const cut = eventWith({ preview: '{"ki', blob: { ref: 'gone', bytes: 28, type: json } });
  expect((await wholeEvent(storeOf({}), 'r', cut)).data).toEqual(cut.data);
  expect((await wholeEvent(storeOf({ gone: 'no JSON' }), 'r', cut)).data).toEqual(cut.data);
  const down = { blob: async () => await Promise.reject(new BatonError('temporal_down', 'not now')) };
  await expect(wholeEvent(down, 'r', cut)).rejects.toMatchObject({ code: 'temporal_down' });
});
