/** What a client of each dialect takes of a gateway's memory while nothing happens: resident memory, and the heap. */
import { setTimeout } from 'node:timers/promises';
import type { Figure } from '../figure.ts';
import type { EngineMethods } from '../parts/engine.ts';
import type { Part } from '../parts/part.ts';
import type { ProcessUse } from '../parts/process-use.ts';
import type { Engine, Stage } from '../stage.ts';
import { dialectSurfaces, type DialectSurface } from '../surfaces.ts';
import { openSpeech } from './speech.ts';

/** 20,000 bytes. */
const bound = { atMost: 19.5 };

/** In the short form all kinds share `gateway`. */
export async function idleClients(stage: Stage, item: string, gateway: Engine): Promise<Figure[]> {
  const figures: Figure[] = [];
  const measure = async (surface: DialectSurface, kind: string, idOf: (index: number) => string) => {
    const { resident, heap, count } = await keep(stage, stage.quick ? gateway : null, { surface, idOf });
    const what = `${surface.name}: an idle client that ${kind}, ${count} more of them`;
    const judged = surface.isLean ? { bound } : {};
    figures.push(
      { item, what: `${what}: resident`, value: resident, unit: 'KiB', ...judged },
      { item, what: `${what}: heap`, value: heap, unit: 'KiB', ...judged },
    );
  };
  for (const surface of dialectSurfaces.filter(({ isLean }) => isLean || !stage.quick)) {
    if (surface.waits) await measure(surface, 'waits for its run', (index) => `nobody-${index}`);
    const speech = await openSpeech(stage, surface);
    await measure(surface, 'watches a quiet run', () => speech.run);
    await speech.end();
  }
  return figures;
}

/** KiB of one, from the few to the last. */
async function keep(
  stage: Stage,
  shared: Engine | null,
  { surface, idOf }: { surface: DialectSurface; idOf: (index: number) => string },
): Promise<{ resident: number; heap: number; count: number }> {
  const [few, count] = stage.quick ? [20, 60] : [1_000, 1_000];
  const { part, port } = shared ?? (await stage.anotherEngine({ BATON_BENCH_WORKER: 'none' }));
  const clients = await stage.clients();
  const open = (from: number, to: number) => {
    const ids = Array.from({ length: to - from }, (_, index) => idOf(from + index));
    return clients.call('wait', {
      port,
      paths: ids.map((id) => surface.path(id)),
      greeting: surface.greeting(idOf(0)),
    });
  };
  await open(0, few);
  const withFew = await settledUse(part);
  await open(few, few + count);
  const withAll = await settledUse(part);
  await clients.call('leave');
  if (shared === null) await part.stop();
  const kib = (bytes: number) => bytes / count / 1_024;
  return {
    resident: kib(withAll.rssBytes - withFew.rssBytes),
    heap: kib(withAll.heapBytes - withFew.heapBytes),
    count,
  };
}

const sampleMs = 300;
const steadyBytes = 64 * 1_024;
const samplesMost = 30;

/** What sockets ask for as they come is asked asynchronously: once the heap stays as it is, all is answered. */
async function settledUse(part: Part<EngineMethods>): Promise<ProcessUse> {
  let before = await part.call('use');
  for (let sample = 0; sample < samplesMost; sample++) {
    await setTimeout(sampleMs);
    const now = await part.call('use');
    if (Math.abs(now.heapBytes - before.heapBytes) < steadyBytes) return now;
    before = now;
  }
  throw new Error('the heap of a gateway with idle clients does not come to rest');
}
