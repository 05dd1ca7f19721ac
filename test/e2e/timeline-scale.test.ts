/** The timeline of a run of very many steps: how soon it is there, and how smoothly it is gone through. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { isKept, type Figure } from '../../bench/figure.ts';
import { quantile } from '../../bench/quantile.ts';
import { table } from '../../bench/report.ts';
import { testSize } from '../harness/test-size.ts';
import { newPerson, phone, type Page } from './browser.ts';
import { installProbe, takeProbe } from './page-probe.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

/** Each decides four more by delegation. */
const decided = 400;
const steps = decided * 5;
const frameMs = 50;
/** The best of so many counts: what else the machine does is not the chart's. */
const tries = 3;

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

let parts: PartsWithPage;
let run: string;
const figures: Figure[] = [];
beforeAll(async () => {
  parts = await startPartsWithPage();
  const delegate = { do: 'delegate', agent: 'scripted', script: [] };
  const script = Array.from({ length: 4 }, () => delegate);
  run = await parts.api.script([
    ...Array.from({ length: decided }, () => ({ script })),
    // It goes on, so that the chart is drawn anew while somebody goes through it.
    { script: [{ do: 'drip', perSecond: 20, seconds: 900 }] },
  ]);
  await allBegun();
});
afterAll(async () => {
  await parts.api.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
  await parts.stop();
  process.stdout.write(`\n${table(figures)}\n`);
});
// The short form prints them: a machine that tests on the side says nothing of speed.
afterEach(() => testSize === 'full' && expect(figures.filter((figure) => !isKept(figure))).toEqual([]));

async function allBegun(): Promise<void> {
  const last = `scripted#${steps + 1}`;
  for (let after = 0; ;) {
    const { body } = await parts.api.get(`/v1/runs/${run}/events?after=${after}&limit=5000&waitMs=20000`);
    if ((body['events'] as { step?: string }[]).some(({ step }) => step === last)) return;
    after = body['next'] as number;
  }
}

const total = `${(steps + 1).toLocaleString('en-US')} steps`;

/** From the beginning of the navigation until what is asked for is on the page. */
async function shownAfterMs(page: Page, what: string): Promise<number> {
  return await page.evaluate<number>(
    `new Promise((resolve) => {
      const look = () => ((${what}) ? resolve(performance.now()) : setTimeout(look, 20));
      look();
    })`,
  );
}

/** Frame by frame from the end of the chart to its beginning and back, then closer in time and further. */
const goThrough = `(async () => {
  const chart = document.querySelector('[aria-label="Steps over time"]');
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let most = 0;
  const scroll = async (by, isThere) => {
    while (!isThere()) {
      chart.scrollTop += by;
      await frame();
      most = Math.max(most, chart.querySelectorAll('[role=option]').length);
    }
  };
  await scroll(-160, () => chart.scrollTop <= 0);
  const first = chart.querySelector('[role=option]').getAttribute('aria-label');
  await scroll(160, () => chart.scrollTop + chart.clientHeight >= chart.scrollHeight - 2);
  chart.focus();
  for (const key of ['+', '+', '+', '+', 'ArrowLeft', 'ArrowLeft', '-', '-', '0']) {
    chart.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    for (let rest = 0; rest < 6; rest++) await frame();
  }
  return { most, first };
})()`;

test.each([
  ['desktop', {}],
  ['phone', { viewport: phone }],
] as const)(`${steps} steps are soon there, and are gone through smoothly (%s)`, async (what, options) => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url, options);
  const figure = (name: string, value: number, more: Pick<Figure, 'unit' | 'bound'>) =>
    figures.push({ item: 'timeline', what: `${what}: ${name}`, value, ...more });
  await installProbe(page);
  await goTo(`/runs/${run}/timeline`);
  const first = await shownAfterMs(page, `document.querySelector('[aria-label="Steps over time"] [role=option]')`);
  const all = await shownAfterMs(
    page,
    `document.body.textContent.includes(${JSON.stringify(total)}) && !/ of ${total}/.test(document.body.textContent)`,
  );
  const opening = await takeProbe(page);
  figure('first steps are there', first / 1_000, { unit: 's' });
  figure(`all ${steps} are there`, all / 1_000, { unit: 's' });
  figure('longest frame while it opens', Math.max(...opening.frames), { unit: 'ms' });
  let best: number[] = [];
  for (let attempt = 0; attempt < tries; attempt++) {
    await takeProbe(page);
    const gone = await page.evaluate<{ most: number; first: string }>(goThrough);
    const { frames } = await takeProbe(page);
    expect(gone.first).toMatch(/^scripted#1, completed/);
    // However many there are, few are in the page.
    expect(gone.most).toBeLessThan(60);
    expect(frames.length).toBeGreaterThan(300);
    if (best.length === 0 || quantile(frames, 0.99) < quantile(best, 0.99)) best = frames;
    if (quantile(best, 0.99) <= frameMs) break;
  }
  figure('frame while going through, p50', quantile(best, 0.5), { unit: 'ms' });
  figure('frame while going through, p99', quantile(best, 0.99), { unit: 'ms', bound: { atMost: frameMs } });
  figure('longest frame while going through', Math.max(...best), { unit: 'ms' });
  expect(faults).toEqual([]);
  await leave();
});

test('the overview of so many steps is a picture of few', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  await installProbe(page);
  await goTo(`/runs/${run}`);
  const shown = await shownAfterMs(
    page,
    `document.querySelector('.react-flow__node') && document.body.textContent.includes(' steps before these')`,
  );
  const { frames } = await takeProbe(page);
  figures.push({ item: 'overview', what: `picture of ${steps} steps is there`, value: shown / 1_000, unit: 's' });
  figures.push({ item: 'overview', what: 'longest frame while it opens', value: Math.max(...frames), unit: 'ms' });
  expect(await page.locator('.react-flow__node').count()).toBeLessThan(10);
  expect(faults).toEqual([]);
  await leave();
});
