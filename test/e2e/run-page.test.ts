/** What one sees of a run, whatever became of it: its parts, for everybody, at every width. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BlobRef, RunEvent } from '../../protocol/schemas/event.ts';
import { desktop, expectAccessible, keepScreenshot, newPerson, phone, type Page } from './browser.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

let parts: PartsWithPage;
/** One that failed in its third attempt; one that is at work; one that has a question; one with much in it. */
let failed: string, atWork: string, asking: string, rich: string;
beforeAll(async () => {
  parts = await startPartsWithPage();
  const { api } = parts;
  const wait = { do: 'wait', ms: 150 };
  failed = await api.script([
    { script: [wait, { do: 'emit', count: 3 }, { do: 'update', update: { note: 'kept' } }] },
    { script: [wait, { do: 'fail', attempts: 9, code: 'model_refused' }] },
  ]);
  atWork = await api.script([
    { script: [{ do: 'emit', count: 40 }] },
    { script: [{ do: 'progress', fraction: 0.4, message: 'half way there' }, { do: 'hold' }] },
  ]);
  asking = await api.script([{ script: [{ do: 'ask' }] }, { script: [{ do: 'emit', count: 1 }] }]);
  rich = await api.script([
    { script: [wait, { do: 'emit', count: 1, bytes: 60_000, kind: 'report' }] },
    { script: [{ do: 'delegate', agent: 'scripted', script: [wait] }], resultBytes: 40_000 },
    { script: [{ do: 'emit', count: 300, kind: 'needle' }] },
    {
      script: [
        { do: 'fail', attempts: 2 },
        { do: 'update', update: { files: ['a', 'b'] } },
      ],
    },
  ]);
  await Promise.all([api.eventsToEnd(failed), api.eventsToEnd(rich)]);
  await api.eventsUntil(asking, ({ type }) => type === 'question.asked');
});
afterAll(async () => {
  await parts.stop();
});

const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of the run' }).getByRole('link', { name });

test('a failed run says why, what to do, and leads to the step', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  await goTo(`/runs/${failed}`);
  const why = page.getByRole('region', { name: 'Why it failed' });
  await why.getByText('failed by script').first().waitFor();
  expect(await why.getByText('(model_refused)').first().isVisible()).toBe(true);
  expect(await why.getByText('The provider refused the key').isVisible()).toBe(true);
  await expectAccessible(page);
  await keepScreenshot(page, 'run-failed');
  await why.getByRole('link', { name: 'scripted#2' }).first().click();
  await page.waitForURL(/\/timeline\?selectedStep=scripted/);
  await page.getByRole('option', { name: /scripted#2, failed/, selected: true }).waitFor();
  await page.getByRole('region', { name: 'Step scripted#2' }).getByText('(model_refused)').first().waitFor();
  await keepScreenshot(page, 'run-timeline');
  expect(faults).toEqual([]);
  await leave();
});

test('the path is a picture and a list; the step at work is seen with its progress', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  await goTo(`/runs/${atWork}`);
  const graph = page.getByRole('region', { name: 'Graph of the path' });
  await graph.getByText('at work').waitFor();
  const now = page.getByRole('region', { name: 'At work now' });
  await now.getByText('half way there').waitFor();
  expect(await now.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('40');
  const path = page.getByRole('region', { name: 'Path' });
  expect(await path.getByRole('listitem').count()).toBe(2);
  await expectAccessible(page);
  await keepScreenshot(page, 'run-overview');
  expect(faults).toEqual([]);
  await leave();
});

test('the log is searched, filtered, and opened at an event; all of it stands in the address', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  const events = await parts.api.eventsToEnd(rich);
  await goTo(`/runs/${rich}/events`);
  await page.getByText(`${events.length} events`).waitFor();
  await page.getByRole('searchbox', { name: 'Search the events' }).fill('NEEDLE');
  await page.getByText(`${needles(events)} of ${events.length} events`).waitFor();
  await page.waitForURL(/q=NEEDLE/);
  await page.getByLabel('Type').selectOption('failures');
  await page.getByText(`0 of ${events.length} events`).waitFor();
  await page.getByRole('searchbox', { name: 'Search the events' }).fill('');
  await page.getByText(`2 of ${events.length} events`).waitFor();

  const report = events.find(({ data }) => 'blob' in data) as RunEvent;
  await goTo(`/runs/${rich}/events?seq=${report.seq}`);
  const view = page.getByRole('region', { name: `Event ${report.seq}` });
  await view.getByText((report.data['blob'] as BlobRef).type).waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'run-events');
  await view.getByRole('button', { name: 'The next event' }).click();
  await page.waitForURL(new RegExp(`seq=${report.seq + 1}$`));
  await page.getByRole('textbox', { name: 'Go to event number' }).fill('120');
  await page.keyboard.press('Enter');
  await page.locator('[data-seq="120"]').waitFor();
  await page.getByRole('log').press('ArrowDown');
  await page.waitForURL(/seq=121$/);
  await page.getByRole('button', { name: 'Follow the newest' }).click();
  await page.locator(`[data-seq="${events.length}"]`).waitFor();
  expect(faults).toEqual([]);
  await leave();
});

function needles(events: readonly RunEvent[]): number {
  return events.filter((event) => JSON.stringify(event).toLowerCase().includes('needle')).length;
}

test('the timeline goes by keyboard, and what is in sight stands in the address', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  await goTo(`/runs/${rich}/timeline`);
  const steps = page.getByRole('listbox', { name: 'Steps over time' });
  await steps.getByRole('option').first().waitFor();
  expect(await steps.getByRole('option').count()).toBe(5);
  await steps.press('Home');
  await page.getByRole('region', { name: 'Step scripted#1' }).waitFor();
  await steps.press('End');
  await steps.press('Enter');
  await page.waitForURL(/selectedStep=scripted/);
  await steps.press('+');
  await page.waitForURL(/zoom=\d+-\d+/);
  await page.reload();
  await steps.getByRole('option', { selected: true }).waitFor();
  await page.getByRole('button', { name: 'Show the whole run' }).click();
  await page.waitForURL((address) => !address.searchParams.has('zoom'));
  expect(faults).toEqual([]);
  await leave();
});

test('what is prepared, the step that is selected and the filters stay as one moves about, and nothing hides what one is led to', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  const searchOf = () => Object.fromEntries(new URL(page.url()).searchParams);
  const fork = page.getByRole('region', { name: 'Fork', exact: true });
  await goTo(`/runs/${rich}/events?act=fork&q=needle`);
  await fork.waitFor();
  await fork.getByRole('link', { name: 'timeline' }).click();
  await page
    .getByRole('listbox', { name: 'Steps over time' })
    .getByRole('option', { name: /scripted#2/ })
    .click();
  const selected = { act: 'fork', q: 'needle', selectedStep: 'scripted#2' };
  await expect.poll(searchOf).toEqual(selected);
  await expect.poll(() => fork.getByLabel('From before the step').inputValue()).toBe('scripted#2');
  await tab(page, 'Overview').click();
  await page.waitForURL(/\/overview\?/);
  expect(searchOf()).toEqual(selected);
  await page.getByRole('region', { name: 'Path' }).getByRole('link', { name: 'scripted#1' }).click();
  await page.waitForURL(/\/timeline\?/);
  expect(searchOf()).toEqual({ ...selected, selectedStep: 'scripted#1' });
  await tab(page, 'Events').click();
  await expect.poll(() => page.getByRole('searchbox', { name: 'Search the events' }).inputValue()).toBe('needle');
  await tab(page, 'History').click();
  await page.getByRole('table').getByRole('link', { name: '1', exact: true }).click();
  await page.getByRole('region', { name: 'Event 1', exact: true }).waitFor();
  expect(searchOf()).toEqual({ act: 'fork', selectedStep: 'scripted#1', seq: '1' });
  expect(await fork.isVisible()).toBe(true);
  // A step back leads to where one was, with all that was there.
  await page.goBack();
  await page.waitForURL(/\/history\?/);
  expect(searchOf()).toEqual({ ...selected, selectedStep: 'scripted#1' });
  expect(faults).toEqual([]);
  await leave();
});

test('a question of the run is put on its page, and what came of it stays to be seen', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  await goTo(`/runs/${asking}`);
  const card = page.getByRole('region', { name: 'Open questions' });
  await card.getByText('Shall it go on?').waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'run-question');
  const { body } = await parts.api.get(`/v1/runs/${asking}`);
  const [question] = body['questions'] as { id: string }[];
  await parts.api.post(`/v1/runs/${asking}/questions/${question?.id}/answer`, { answer: { yes: true } });
  await page.getByText('completed', { exact: true }).first().waitFor();
  await card
    .getByText(/answered/i)
    .first()
    .waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('a run that is not there says so, and offers the list', async () => {
  const { page, goTo, leave } = await newPerson(parts.browser, parts.url);
  await goTo('/runs/nowhere/events');
  await page.getByRole('heading', { name: 'No such run' }).waitFor();
  expect(await page.getByRole('link', { name: 'All runs' }).isVisible()).toBe(true);
  await expectAccessible(page);
  await leave();
});

test.each([
  { theme: 'light', viewport: desktop },
  { theme: 'dark', viewport: desktop },
  { theme: 'light', viewport: phone },
  { theme: 'dark', viewport: phone },
] as const)(
  'each part is readable for everybody, $theme, at a width of $viewport.width',
  async ({ theme, viewport }) => {
    const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url, { theme, viewport });
    await goTo(`/runs/${rich}`);
    for (const name of ['Overview', 'Timeline', 'Events', 'Input and result', 'History']) {
      await tab(page, name).click();
      await page
        .getByRole('region', { name: partOf[name] ?? '' })
        .first()
        .waitFor();
      await expectAccessible(page);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width, name).toBeLessThanOrEqual(viewport.width);
      if (theme === 'dark' && viewport === phone)
        await keepScreenshot(page, `run-${name.split(' ')[0]?.toLowerCase()}-phone`);
      if (theme === 'light' && viewport === desktop && name !== 'Overview')
        await keepScreenshot(page, `run-${name.split(' ')[0]?.toLowerCase()}`);
    }
    expect(faults).toEqual([]);
    await leave();
  },
);

const partOf: Readonly<Record<string, string>> = {
  Overview: 'Path',
  Timeline: 'Timeline',
  Events: 'Event log',
  'Input and result': 'Context',
  History: 'Executions',
};
