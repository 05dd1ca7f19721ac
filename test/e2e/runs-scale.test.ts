/** A long list of runs is scrolled from end to end while runs begin: smoothly, and with few rows at hand. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isKept, type Figure } from '../../bench/figure.ts';
import { quantile } from '../../bench/quantile.ts';
import { table } from '../../bench/report.ts';
import { startRun } from '../../gateway/runs/start-run.ts';
import { anonymous } from '../harness/baton.ts';
import { startingContext } from '../harness/starting-context.ts';
import { unique } from '../harness/temporal-server.ts';
import { rounds, testSize } from '../harness/test-size.ts';
import { until } from '../harness/until.ts';
import { newPerson, phone, type Page } from './browser.ts';
import { heapBytes, installProbe, takeProbe } from './page-probe.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

const runs = rounds(300, 100_000);
const startedAtOnce = 24;
/** At 60 frames some 6 screens a second, or, on the way through all of them, 40: as a thumb that is dragged. */
const pixelsPerFrame = rounds(50, 330);
/** Of them so many begin while somebody scrolls. */
const begun = 20;
const frameMs = 50;
/** Far pages are forgotten: what is at hand is some 4,000 rows, however long the list is. */
const heapKib = 8 * 1_024;
/** The best of so many counts: what else the machine does is not the list's. */
const tries = 3;

vi.setConfig({ testTimeout: rounds(3, 60) * 60_000, hookTimeout: rounds(3, 30) * 60_000 });

const views = [
  { what: 'table', options: {} },
  { what: 'cards', options: { viewport: phone } },
];
const prefix = unique('long');
const idOf = (index: number) => `${prefix}-${String(index).padStart(6, '0')}`;
let parts: PartsWithPage;
const figures: Figure[] = [];
beforeAll(async () => {
  parts = await startPartsWithPage();
  const toBegin = begun * tries * views.length;
  await startHeld(parts.environment, 0, toBegin);
  // Nobody works on the rest: they are rows, and stay as they are.
  await startHeld({ ...parts.environment, BATON_TASK_QUEUE: unique('nobody') }, toBegin, runs);
  await until(
    'all to be on hold',
    async () => (await parts.api.get(`/v1/runs/count?idPrefix=${prefix}&status=pending`)).body['total'] === runs,
    rounds(1, 10) * 60_000,
  );
});
async function startHeld(environment: Readonly<Record<string, string>>, from: number, to: number): Promise<void> {
  const starting = await startingContext(environment);
  const input = { steps: [{ script: [{ do: 'progress', fraction: 1, message: 'done' }] }] };
  const left = Array.from({ length: to - from }, (_, index) => idOf(from + index)).values();
  const workOff = async () => {
    for (const id of left) await startRun(starting, { blueprint: 'script', id, input, hold: true }, anonymous);
  };
  await Promise.all(Array.from({ length: startedAtOnce }, workOff));
  await starting.client.connection.close();
}
afterAll(async () => {
  await parts.stop();
  process.stdout.write(`\n${table(figures)}\n`);
});

/** Frame by frame to the end of the list, however long its pages take to come, and back to the top. */
const scroll = `(async () => {
  const list = document.querySelector('[aria-label="Runs"][role="table"], [aria-label="Runs"][role="list"]');
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let most = 0;
  // Rows that are still to come are blank; the list has some below its last as long as there are more.
  const isWhole = () => [...list.querySelectorAll('[data-index]')].every((row) => row.textContent !== '…');
  for (let atEnd = 0; atEnd < 30;) {
    list.scrollTop += ${pixelsPerFrame};
    await frame();
    most = Math.max(most, list.querySelectorAll('[data-index]').length);
    const isBelow = list.scrollTop + list.clientHeight >= list.scrollHeight - 2;
    atEnd = isBelow && isWhole() ? atEnd + 1 : 0;
  }
  const last = [...list.querySelectorAll('[data-open]')].at(-1).textContent;
  const height = list.scrollHeight;
  while (list.scrollTop > 0) {
    list.scrollTop -= ${pixelsPerFrame * 4};
    await frame();
  }
  return { most, last, height };
})()`;

async function scrolled(page: Page): Promise<{ most: number; last: string; height: number }> {
  return await page.evaluate<{ most: number; last: string; height: number }>(scroll);
}

test(`${runs} runs are scrolled through smoothly while runs begin, as a table and as cards`, async () => {
  for (const [round, { what, options }] of views.entries()) {
    const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url, options);
    await installProbe(page);
    await goTo(`/runs?idPrefix=${prefix}`);
    await page
      .getByRole('link', { name: new RegExp(prefix) })
      .first()
      .waitFor();
    const heapBefore = await heapBytes(page);
    const best = { p50: Infinity, p99: Infinity };
    for (let attempt = 0; attempt < tries && best.p99 > frameMs; attempt++) {
      const first = (round * tries + attempt) * begun;
      const beginning = (async () => {
        for (let index = first; index < first + begun; index++) await parts.api.post(`/v1/runs/${idOf(index)}/begin`);
      })();
      await takeProbe(page);
      const { most, last, height } = await scrolled(page);
      const { frames } = await takeProbe(page);
      await beginning;
      // Some have begun and ended, and so moved, while it was scrolled.
      expect(height).toBeGreaterThan((runs - begun * tries * views.length) * 30);
      expect(last).toContain(prefix);
      expect(most).toBeLessThan(60);
      expect(frames.length).toBeGreaterThan(100);
      const p99 = quantile(frames, 0.99);
      if (p99 < best.p99) Object.assign(best, { p99, p50: quantile(frames, 0.5) });
    }
    const heap = (await heapBytes(page)) - heapBefore;
    const figure = (name: string, value: number, more: Pick<Figure, 'unit' | 'bound'>) =>
      figures.push({ item: 'list of runs', what: `${what}: ${name}`, value, ...more });
    figure('frame while scrolling, p50', best.p50, { unit: 'ms' });
    figure('frame while scrolling, p99', best.p99, { unit: 'ms', bound: { atMost: frameMs } });
    figure(`heap after ${runs} rows, against before`, heap / 1_024, { unit: 'KiB', bound: { atMost: heapKib } });
    expect(faults).toEqual([]);
    await leave();
  }
  // The short form prints them: a machine that tests on the side says nothing of speed.
  if (testSize === 'full') expect(figures.filter((figure) => !isKept(figure))).toEqual([]);
});
