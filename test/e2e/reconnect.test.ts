/** The gateway dies while somebody watches, and comes back: the page says so, and catches up by itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newPerson, type Page } from './browser.ts';
import { installProbe, waitUntilShown } from './page-probe.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

let parts: PartsWithPage;
beforeAll(async () => {
  parts = await startPartsWithPage();
});
afterAll(async () => {
  await parts.stop();
});

interface Row {
  seq: number;
  type: string;
}

/** Every row of the log, read as a person would: from its beginning to its end, a screen at a time. */
async function readRows(page: Page): Promise<Row[]> {
  const log = page.getByRole('log', { name: 'Events' });
  const rows: Row[] = [];
  await log.evaluate((element) => element.scrollTo({ top: 0 }));
  for (let top = 0; ; top += 280) {
    await log.evaluate((element, to) => element.scrollTo({ top: to }), top);
    // Rows that are not there yet have no number.
    await expect.poll(() => log.evaluate((element) => element.textContent.includes('…'))).toBe(false);
    const inSight = await log.evaluate((element) =>
      [...element.querySelectorAll('[data-seq]')].map((row) => ({
        seq: Number(row.getAttribute('data-seq')),
        type: row.querySelector('time')?.nextElementSibling?.textContent ?? '',
      })),
    );
    expect(new Set(inSight.map(({ seq }) => seq)).size).toBe(inSight.length);
    rows.push(...inSight.filter(({ seq }) => seq > (rows.at(-1)?.seq ?? 0)));
    if (await log.evaluate(({ scrollHeight, clientHeight }, at) => at > scrollHeight - clientHeight, top)) return rows;
  }
}

test('a gateway that is killed twice while a run is followed leaves no event out, and none twice', async () => {
  const run = await parts.api.script([{ script: [{ do: 'drip', perSecond: 25, seconds: 25 }] }]);
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  await installProbe(page);
  await goTo(`/runs/${run}/events`);
  const connection = page.getByRole('status').filter({ hasText: /Live|Reconnecting|Catching up/ });
  for (const seq of [60, 300]) {
    await waitUntilShown(page, seq, 60_000);
    await parts.gateway.kill();
    await connection.filter({ hasText: 'Reconnecting' }).waitFor();
    await parts.gateway.start();
    await connection.filter({ hasText: 'Live' }).waitFor();
  }
  await page.getByText('completed', { exact: true }).first().waitFor();
  const events = await parts.api.eventsToEnd(run);
  expect(events.length).toBeGreaterThan(625);
  await waitUntilShown(page, events.length, 20_000);
  expect(await page.getByText(`${events.length} events`).count()).toBe(1);
  const rows = await readRows(page);
  expect(rows).toEqual(events.map(({ seq, type }) => ({ seq, type })));
  expect(faults).toEqual([]);
  await leave();
});
