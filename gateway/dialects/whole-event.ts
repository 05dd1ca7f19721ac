import { asStoredData, isLost } from '../../stores/blobs/stored-data.ts';
import type { BlobRef, RunEvent } from '../../protocol/schemas/event.ts';
import type { Runs } from '../engine.ts';

/** How deep values that were stored are looked for: a result's, and those of its parts. */
const levels = 3;

/** Whether an event's data was cut, or holds a value that stands elsewhere because it was too large. */
export function isCut({ data }: RunEvent): boolean {
  return cutOf(data) !== null || holdsStored(data, levels);
}

/** The event with its whole data, read from the blobs that stand in its place. One that is gone for good stays cut. */
export async function wholeEvent(runs: Pick<Runs, 'blob'>, run: string, event: RunEvent): Promise<RunEvent> {
  const read = async ({ ref }: BlobRef, standIn: unknown): Promise<unknown> => {
    try {
      const found = await runs.blob(run, ref);
      return JSON.parse(Buffer.from(await found.read(0, found.blob.bytes)).toString('utf8')) as unknown;
    } catch (error) {
      if (isLost(error)) return standIn;
      throw error;
    }
  };
  const cut = cutOf(event.data);
  const data = cut === null ? event.data : await read(cut, event.data);
  return { ...event, data: (await resolved(data, read, levels)) as Record<string, unknown> };
}

/** What stands for the whole data of an event, beside its preview; an agent may have a key `blob` of its own. */
function cutOf({ preview, blob }: Record<string, unknown>): BlobRef | null {
  return blob === undefined ? null : (asStoredData({ preview, blob })?.blob ?? null);
}

function holdsStored(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return asStoredData(value) !== null || (left > 0 && Object.values(value).some((each) => holdsStored(each, left - 1)));
}

type Read = (ref: BlobRef, standIn: unknown) => Promise<unknown>;

async function resolved(value: unknown, read: Read, left: number): Promise<unknown> {
  if (!holdsStored(value, left)) return value;
  const stored = asStoredData(value);
  if (stored !== null) return await read(stored.blob, value);
  const entries = Object.entries(value as object).map(async ([key, each]): Promise<[string, unknown]> => [
    key,
    await resolved(each, read, left - 1),
  ]);
  const whole = await Promise.all(entries);
  return Array.isArray(value) ? whole.map(([, each]) => each) : Object.fromEntries(whole);
}
