/** Runs with many events: a thousand clients that come back to one, and reading one that nobody has in memory. */
import type { Figure } from '../figure.ts';
import type { Resumes } from '../parts/resumes.ts';
import { median, quantile } from '../quantile.ts';
import type { Stage } from '../stage.ts';
import type { Talk } from '../talk.ts';

const pageLimit = 5_000;

/** Resolves with the closed run and its last seq. */
async function talkedOut(stage: Stage, count: number): Promise<{ run: string; lastSeq: number }> {
  const talk: Talk = { count, together: 250, gapMs: 0, bytes: 0 };
  const run = await stage.startRun('bench-talk', talk);
  await stage.resultOf(run);
  const { port } = await stage.engine();
  const { lastSeq } = (await (await fetch(`http://127.0.0.1:${port}/v1/runs/${run}`)).json()) as { lastSeq: number };
  return { run, lastSeq };
}

export async function resumes(stage: Stage): Promise<Figure[]> {
  const item = 'resumes';
  const { run, lastSeq } = await talkedOut(stage, stage.quick ? 500 : 10_000);
  const clients = await stage.clients();
  const { port, part } = await stage.engine();
  const count = stage.quick ? 50 : 1_000;
  const random = seededRandom(1);
  const cursors = Array.from({ length: count }, () => Math.floor(random() * lastSeq));
  const rounds: (Resumes & { gatewayCpuMs: number })[] = [];
  for (let round = 0; round < (stage.quick ? 1 : 3); round++) {
    const before = await part.call('use');
    const resumed = await clients.call('resumeAll', { port, run, cursors, lastSeq });
    rounds.push({ ...resumed, gatewayCpuMs: (await part.call('use')).cpuMs - before.cpuMs });
  }
  const of = (value: (round: (typeof rounds)[number]) => number) => median(rounds.map(value));
  const what = `${count} clients resume at random cursors of ${lastSeq} events`;
  return [
    { item, what: `${what}: all caught up`, value: of(({ allMs }) => allMs / 1_000), unit: 's', bound: { atMost: 3 } },
    { item, what: `${what}: half of them`, value: of(({ eachMs }) => quantile(eachMs, 0.5) / 1_000), unit: 's' },
    {
      item,
      what: `${what}: with a hole or a double`,
      value: rounds.reduce((sum, { faulty }) => sum + faulty, 0),
      unit: 'count',
      bound: { atMost: 0 },
    },
    { item, what: `${what}: events in all`, value: of(({ events }) => events), unit: 'count' },
    { item, what: `${what}: KiB in all`, value: of(({ bytes }) => bytes / 1_024), unit: 'KiB' },
    { item, what: `${what}: CPU of the gateway`, value: of(({ gatewayCpuMs }) => gatewayCpuMs / 1_000), unit: 's' },
    { item, what: `${what}: CPU of the clients`, value: of(({ cpuMs }) => cpuMs / 1_000), unit: 's' },
  ];
}

export async function coldRead(stage: Stage): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const count of stage.quick ? [500] : [10_000, 60_000]) {
    const { run, lastSeq } = await talkedOut(stage, count);
    const times: number[] = [];
    for (let round = 0; round < (stage.quick ? 1 : 3); round++) times.push(await readCold(stage, run, lastSeq));
    figures.push({
      item: 'cold-read',
      what: `${lastSeq} events of a closed run, no worker`,
      value: median(times) / 1_000,
      unit: 's',
      ...(count === 60_000 ? {} : { bound: { atMost: 0.5 } }),
      note: 'a gateway that has just begun, its first read; GET …/events to the end',
    });
  }
  return figures;
}

async function readCold(stage: Stage, run: string, lastSeq: number): Promise<number> {
  const { part, port } = await stage.anotherEngine({ BATON_BENCH_WORKER: 'none' });
  const base = `http://127.0.0.1:${port}`;
  await (await fetch(`${base}/readyz`)).text();
  const from = performance.now();
  let after = 0;
  for (; after < lastSeq;) {
    const response = await fetch(`${base}/v1/runs/${run}/events?after=${after}&limit=${pageLimit}`);
    const page = (await response.json()) as { events: { seq: number }[]; next: number };
    const isWhole = page.events.length > 0 && page.events.every(({ seq }, index) => seq === after + index + 1);
    if (!isWhole) throw new Error(`the page after ${after} of run ${run} has holes`);
    after = page.next;
  }
  const ms = performance.now() - from;
  await part.stop();
  return ms;
}

/** mulberry32: the same cursors in every run of the bench. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
