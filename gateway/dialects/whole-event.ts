import { asStoredData } from '../../stores/blobs/stored-data.ts';
import type { BlobRef, RunEvent } from '../../protocol/schemas/event.ts';
import type { Runs } from '../engine.ts';

/** How deep values that were stored are looked for: a result's, and those of its parts. */
const levels = 3;

/** Whether an event's data was cut, or holds a value that stands elsewhere because it was too large. */
export function isCut({ data }: RunEvent): boolean {
  return 'blob' in data || holdsStored(data, levels);
}

/** The event with its whole data, read from the blobs that stand in its place. Errors: blob_not_found. */
export async function wholeEvent(runs: Pick<Runs, 'blob'>, run: string, event: RunEvent): Promise<RunEvent> {
  const read = async ({ ref }: BlobRef): Promise<unknown> => {
    const found = await runs.blob(run, ref);
    return JSON.parse(Buffer.from(await found.read(0, found.blob.bytes)).toString('utf8')) as unknown;
  };
  const data = 'blob' in event.data ? await read(event.data['blob'] as BlobRef) : event.data;
  return { ...event, data: (await resolved(data, read, levels)) as Record<string, unknown> };
}

function holdsStored(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return asStoredData(value) !== null || (left > 0 && Object.values(value).some((each) => holdsStored(each, left - 1)));
}

async function resolved(value: unknown, read: (ref: BlobRef) => Promise<unknown>, left: number): Promise<unknown> {
  if (!holdsStored(value, left)) return value;
  const stored = asStoredData(value);
  if (stored !== null) return await read(stored.blob);
  const entries = Object.entries(value as object).map(async ([key, each]): Promise<[string, unknown]> => [
    key,
    await resolved(each, read, left - 1),
  ]);
  const whole = await Promise.all(entries);
  return Array.isArray(value) ? whole.map(([, each]) => each) : Object.fromEntries(whole);
}
