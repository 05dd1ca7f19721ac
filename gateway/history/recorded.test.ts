import { expect, it } from 'vitest';
import { BatonError } from '../../protocol/errors.ts';
import type { HistoryEvent } from './history-service.ts';
import { readRecorded } from './recorded.ts';

const payload = { step: 'a#1', attempt: 1, n: 1, stored: { ref: 'x', bytes: 1, type: 't' }, count: 1 };
const event: HistoryEvent = {
  workflowExecutionSignaledEventAttributes: { signalName: 'emit', input: { payloads: [{}] } },
};
const readWith = async (readStored: () => Promise<unknown>) =>
  readRecorded(event, { decode: () => payload, readStored });

it('a stored batch that is gone, or is no batch, is lost', async () => {
  const gone = new BatonError('blob_not_found', 'gone');
  for (const read of [() => Promise.reject(gone), async () => JSON.parse('{') as unknown, async () => 'no batch'])
    expect(await readWith(read)).toMatchObject({ kind: 'emit', stored: null });
});

it('a store that cannot be read just now loses nothing: whoever reads hears of it, and reads again', async () => {
  await expect(readWith(() => Promise.reject(new Error('too many open files')))).rejects.toThrow('too many');
});
