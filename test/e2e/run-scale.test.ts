/** The figures of a run's page: how soon, how smooth, how large. Printed as those of the bench are, and held. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { isKept, type Figure } from '../../bench/figure.ts';
import { quantile } from '../../bench/quantile.ts';
import { table } from '../../bench/report.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { rounds, testSize } from '../harness/test-size.ts';
import { newPerson } from './browser.ts';
import {
  countTraffic,
  heapBytes,
  installProbe,
  openedInMs,
  takeProbe,
  waitUntilShown,
  type Painted,
} from './page-probe.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

const followedSeconds = rounds(60, 600);
const warmUp = { perSecond: 400, seconds: 30 };
const longRun = 50_000;

vi.setConfig({ testTimeout: (followedSeconds + 180) * 1_000 });

let parts: PartsWithPage;
const figures: Figure[] = [];
beforeAll(async () => {
  parts = await startPartsWithPage();
});
afterAll(async () => {
  await parts.stop();
  process.stdout.write(`\n${table(figures)}\n`);
});
// The short form prints them: a machine that tests on the side says nothing of speed.
afterEach(() => testSize === 'full' && expect(figures.filter((figure) => !isKept(figure))).toEqual([]));

const figure = (what: string, value: number, unit: Figure['unit'], atMost: number) =>
  figures.push({ item: 'run page', what, value, unit, bound: { atMost } });

/** What the log has after `from`, until an event fits. */
async function readLog(run: string, from: number, isLast: (event: RunEvent) => boolean): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (let after = from; ;) {
    const { body } = await parts.api.get(`/v1/runs/${run}/events?after=${after}&limit=5000&waitMs=20000`);
    for (const event of body['events'] as RunEvent[]) {
      events.push(event);
      if (isLast(event)) return events;
    }
    after = body['next'] as number;
  }
}

/** From being durable to being on screen, of each event: with the first paint that shows the log up to it, or further. */
function latencies(painted: readonly Painted[], recordedMs: ReadonlyMap<number, number>): number[] {
  const [first, ...rest] = painted;
  if (first === undefined) return [];
  let shown = first.seq;
  return rest.flatMap(({ seq, atMs }) => {
    const took = [];
    for (; shown < seq; shown++) took.push(atMs - (recordedMs.get(shown + 1) ?? Number.NaN));
    return took;
  });
}

test(`a run is followed at 100 events a second for ${followedSeconds} s: soon, smoothly, and in the same memory`, async () => {
  const script = [[{ do: 'drip', ...warmUp }], [{ do: 'drip', perSecond: 100, seconds: followedSeconds + 30 }]];
  const run = await parts.api.script(script.map((each) => ({ script: each })));
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  await installProbe(page);
  await goTo(`/runs/${run}/events`);
  // All that it keeps is full by then, and it goes at the pace that it will go at.
  const warm = warmUp.perSecond * warmUp.seconds + 1_500;
  await waitUntilShown(page, warm, 120_000);
  const heapBefore = await heapBytes(page);
  await takeProbe(page);
  await waitUntilShown(page, warm + followedSeconds * 100, (followedSeconds + 60) * 1_000);
  const { painted, frames } = await takeProbe(page);
  const heapAfter = await heapBytes(page);
  const [first, last] = [painted[0]?.seq ?? 0, painted.at(-1)?.seq ?? 0];
  const log = await readLog(run, first, ({ seq }) => seq === last);
  const took = latencies(painted, new Map(log.map(({ seq, recordedAt }) => [seq, Date.parse(recordedAt)])));
  expect(took.length).toBeGreaterThan(followedSeconds * 90);
  expect(took.every((ms) => Number.isFinite(ms))).toBe(true);
  figures.push({ item: 'run page', what: 'event in the log → on screen, p50', value: quantile(took, 0.5), unit: 'ms' });
  figure('event in the log → on screen, p95', quantile(took, 0.95), 'ms', 150);
  figure('frame while following, p99', quantile(frames, 0.99), 'ms', 50);
  figure(`heap after following ${followedSeconds} s against before`, heapAfter / heapBefore, 'ratio', 1.1);
  figures.push({ item: 'run page', what: 'heap while following', value: heapAfter / 1_024, unit: 'KiB' });
  expect(faults).toEqual([]);
  await leave();
});

test(`a run of ${longRun} events that goes on opens at once, without its log being fetched`, async () => {
  const steps = [{ script: [{ do: 'emit', count: longRun }] }, { script: [{ do: 'hold' }] }];
  const run = await parts.api.script(steps);
  await readLog(run, 0, ({ type, step }) => type === 'agent.started' && step === 'scripted#2');
  // A gateway that has not read the run before.
  await parts.gateway.kill();
  await parts.gateway.start();
  await parts.gateway.spareIsLoaded();
  const opened = [];
  for (const [path, seq] of [
    ['', longRun],
    ['', longRun],
    ['', longRun],
    [`?seq=${longRun / 2}`, longRun / 2],
  ] as const) {
    const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
    await installProbe(page);
    const traffic = countTraffic(page);
    await goTo(`/runs/${run}/events${path}`);
    opened.push(await openedInMs(page, seq));
    // Some hundred events and the state: not fifty thousand.
    expect(traffic.bytes()).toBeLessThan(600 * 1_024);
    expect(faults).toEqual([]);
    await leave();
  }
  const [cold = Number.NaN, ...warm] = opened;
  figure(`a run of ${longRun} events opens, gateway cold`, cold / 1_000, 's', 1.5);
  figure(`a run of ${longRun} events opens, the slowest of ${warm.length}`, Math.max(...warm) / 1_000, 's', 1.5);
  await parts.api.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
});
