/**
 * What a dialect adds to a watched run.
 *
 * A hundred sockets watch a run of the dialect's own blueprint through the dialect, then a hundred watch one like
 * it through the native protocol, in turns, each turn the other one first. On one run at once, whichever was served first
 * would be ahead of the other by its whole fan-out. The first agent of each blueprint is one of the bench's own, which
 * tells events of the kind and size that the real one tells, in a rhythm (`bench-speakers`). The gateway is a process of
 * its own, so that its CPU is that of watching alone: reading the log, translating, sending. It is told for an event at a
 * watcher and not for a frame, for one event may be two frames in a dialect, and that is what the dialect costs.
 * All clients offer compression, as browsers do. What the dialect adds is judged by that CPU: of the time to a watcher
 * nine tenths are Temporal's and the cores', whoever else uses them, so its ratio is told alone.
 */
import type { Figure } from '../figure.ts';
import type { Heard } from '../parts/audience.ts';
import { median, quantile } from '../quantile.ts';
import type { Cue } from '../speech-gate.ts';
import type { Engine, Stage } from '../stage.ts';
import { dialectSurfaces, native, type DialectSurface, type Surface } from '../surfaces.ts';
import { openSpeech } from './speech.ts';

const item = 'dialects';
/** Code and caches warm up in a short turn of each, and on the first ticks of each other. */
const warmUpTicks = 5;

/** Even: as often the one is first as the other. Of four the middle was off by a fifth at times, of ten by a fiftieth. */
const rounds = 10;

interface Turn {
  latencyMs: number[];
  /** CPU time of the gateway for an event at a watcher. */
  cpuMs: number;
  framesOfEvent: number;
  meanBytes: number;
}

export async function dialects(stage: Stage): Promise<Figure[]> {
  const gateway = await stage.anotherEngine({ BATON_BENCH_WORKER: 'none' });
  const figures: Figure[] = [];
  for (const surface of dialectSurfaces) figures.push(...(await watched(stage, gateway, surface)));
  await gateway.part.stop();
  return figures;
}

async function watched(stage: Stage, gateway: Engine, surface: DialectSurface): Promise<Figure[]> {
  const watchers = stage.quick ? 10 : 100;
  const cue: Cue = { count: stage.quick ? 10 : 50, gapMs: surface.gapMs };
  const turns: Record<'dialect' | 'native', Turn[]> = { dialect: [], native: [] };
  const sides = { native, dialect: surface };
  const play = (by: keyof typeof turns, ticks: number) =>
    playTurn(stage, gateway, { surface, by: sides[by], watchers, cue: { ...cue, count: ticks } });
  if (!stage.quick) for (const by of ['native', 'dialect'] as const) await play(by, warmUpTicks * 4);
  for (let round = 0; round < (stage.quick ? 1 : rounds); round++) {
    for (const by of round % 2 === 0 ? (['native', 'dialect'] as const) : (['dialect', 'native'] as const))
      turns[by].push(await play(by, cue.count));
  }
  const of = (by: keyof typeof turns, q: number) =>
    quantile(
      turns[by].flatMap(({ latencyMs }) => latencyMs),
      q,
    );
  const ratio = (what: (turn: Turn) => number) =>
    median(turns.dialect.map((turn, round) => what(turn) / what(turns.native[round] ?? turn)));
  const ms = (what: string, value: number, more: Partial<Figure> = {}): Figure => ({
    item,
    what: `${surface.name}: ${what}`,
    value,
    unit: 'ms',
    ...more,
  });
  const { framesOfEvent, meanBytes } = turns.dialect[0] ?? { framesOfEvent: Number.NaN, meanBytes: Number.NaN };
  const note = `${framesOfEvent.toFixed(1)} frames of ${Math.round(meanBytes)} bytes an event`;
  return [
    ms('emit → watcher, p50', of('dialect', 0.5)),
    ms('emit → watcher, p95', of('dialect', 0.95), { bound: { atMost: 250 } }),
    ms('emit → watcher natively, p50', of('native', 0.5)),
    ms('emit → watcher natively, p95', of('native', 0.95)),
    {
      ...ms(
        'emit → watcher, p50, to native',
        ratio(({ latencyMs }) => quantile(latencyMs, 0.5)),
      ),
      unit: 'ratio',
    },
    ms('CPU of an event at a watcher', median(turns.dialect.map(({ cpuMs }) => cpuMs)), { note }),
    ms('CPU of an event at a watcher, native', median(turns.native.map(({ cpuMs }) => cpuMs))),
    {
      ...ms(
        'CPU of an event at a watcher, to native',
        ratio(({ cpuMs }) => cpuMs),
      ),
      unit: 'ratio',
      bound: { atMost: 1.2 },
    },
  ];
}

async function playTurn(
  stage: Stage,
  { part, port }: Engine,
  { surface, by, watchers, cue }: { surface: DialectSurface; by: Surface; watchers: number; cue: Cue },
): Promise<Turn> {
  const clients = await stage.clients();
  const speech = await openSpeech(stage, surface);
  await clients.call('join', { port, path: by.path(speech.run), greeting: by.greeting(speech.run), count: watchers });
  const before = await part.call('cpuMs');
  await speech.begin(cue);
  const heard: Heard = await clients.call('heard', cue.count);
  const cpuMs = (await part.call('cpuMs')) - before;
  await clients.call('leave');
  await speech.end();
  const deliveries = watchers * cue.count * surface.eventsOfTick;
  return {
    latencyMs: heard.latencyMs.slice(warmUpTicks).flat(),
    cpuMs: cpuMs / deliveries,
    framesOfEvent: heard.frames / deliveries,
    meanBytes: heard.meanBytes,
  };
}
