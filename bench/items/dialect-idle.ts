/**
 * What a client of each dialect takes of a gateway's memory while nothing happens: resident memory, and the heap.
 *
 * Each kind has a gateway of its own, into which three crowds come, one after another. Judged is the third, in what the
 * process cannot do without: from the second crowd to the third all code, caches and pools are there, and V8 has given
 * back before either measurement the pages that it keeps in reserve. It fills them with what a crowd's arrival leaves
 * behind (some 2,000 requests to Temporal and their failures, where each waits for an id that there is not), and keeps them
 * when that is collected: two halves of the young generation, 16 MiB each, and a pool that no figure of its heap shows.
 * That is once 30 to 50 MiB of a process, whoever comes; whether a measurement finds it full or empty is up to 50 KiB a
 * client either way. Reserve and all, what the first crowd takes of the machine is told beside it.
 */
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
const crowds = 3;

const item = 'dialect-idle';

export async function dialectIdle(stage: Stage): Promise<Figure[]> {
  const figures: Figure[] = [];
  // In the short form all kinds share one gateway.
  const shared = stage.quick ? await stage.anotherEngine({ BATON_BENCH_WORKER: 'none' }) : null;
  const measure = async (surface: DialectSurface, kind: string, idOf: (index: number) => string) => {
    const { third, first, count } = await keep(stage, shared, { surface, idOf });
    const what = `${surface.name}: an idle client that ${kind}`;
    const judged = surface.isLean ? { bound } : {};
    const [nth, note] = [`of the third ${count}`, 'V8 has given back what it keeps in reserve'];
    figures.push(
      { item, what: `${what}, ${nth}: resident`, value: third.resident, unit: 'KiB', ...judged, note },
      { item, what: `${what}, ${nth}: heap`, value: third.heap, unit: 'KiB', ...judged },
      { item, what: `${what}, of the first ${count}, with the reserve: resident`, value: first.resident, unit: 'KiB' },
    );
  };
  for (const surface of dialectSurfaces.filter(({ isLean }) => isLean || !stage.quick)) {
    if (surface.waits) await measure(surface, 'waits for its run', (index) => `nobody-${index}`);
    const speech = await openSpeech(stage, surface);
    await measure(surface, 'watches a quiet run', () => speech.run);
    await speech.end();
  }
  await shared?.part.stop();
  return figures;
}

interface Share {
  resident: number;
  heap: number;
}

/** KiB of one client. */
async function keep(
  stage: Stage,
  shared: Engine | null,
  { surface, idOf }: { surface: DialectSurface; idOf: (index: number) => string },
): Promise<{ first: Share; third: Share; count: number }> {
  const count = stage.quick ? 20 : 1_000;
  const { part, port } = shared ?? (await stage.anotherEngine({ BATON_BENCH_WORKER: 'none' }));
  const clients = await stage.clients();
  const greeting = surface.greeting(idOf(0));
  const come = async (crowd: number) => {
    const paths = Array.from({ length: count }, (_, index) => surface.path(idOf(crowd * count + index)));
    await clients.call('wait', { port, paths, greeting });
  };
  const settled = async (how: 'use' | 'need') => {
    await settle(part, stage.quick ? quickPace : pace);
    return await part.call(how);
  };
  const shareOf = (before: ProcessUse, after: ProcessUse): Share => ({
    resident: (after.rssBytes - before.rssBytes) / count / 1_024,
    heap: (after.heapBytes - before.heapBytes) / count / 1_024,
  });
  const empty = await settled('use');
  await come(0);
  const first = shareOf(empty, await settled('use'));
  await come(1);
  const withTwo = await settled('need');
  await come(2);
  const third = shareOf(withTwo, await settled('need'));
  // Clients that are told to go, or are let down, would cost nothing.
  const present = await clients.call('present');
  if (present !== crowds * count) throw new Error(`${surface.name}: ${present} of ${crowds * count} clients are left`);
  await clients.call('leave');
  if (shared === null) await part.stop();
  return { first, third, count };
}

const pace = { sampleMs: 500, steadySamples: 2 };
const quickPace = { sampleMs: 20, steadySamples: 1 };
/** Of one core: timers, and a look for what has begun each second. */
const idleShare = 0.05;
const steadyBytes = 64 * 1_024;
const samplesMost = 120;

/**
 * What sockets ask for as they come is asked asynchronously: all is answered once the gateway has nothing to do and its
 * heap stays as it is. The first is looked at alone at first: a gateway that collects all the time answers nobody.
 */
async function settle(part: Part<EngineMethods>, { sampleMs, steadySamples }: typeof pace): Promise<void> {
  let [steady, heapBytes, cpuMs] = [0, 0, await part.call('cpuMs')];
  for (let sample = 0; sample < samplesMost; sample++) {
    await setTimeout(sampleMs);
    const spentMs = (await part.call('cpuMs')) - cpuMs;
    if (spentMs <= sampleMs * idleShare) {
      const use = await part.call('use');
      steady = Math.abs(use.heapBytes - heapBytes) < steadyBytes ? steady + 1 : 0;
      ({ heapBytes } = use);
    }
    if (steady >= steadySamples) return;
    cpuMs = await part.call('cpuMs');
  }
  throw new Error('a gateway with idle clients does not come to rest');
}
