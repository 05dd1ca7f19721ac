/** Whatever opens over a page, or within it: menus, dialogs, sheets and forms are for everybody, too. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actNames, acts, type ActName } from '../../console/screens/run/repair/acts.ts';
import { desktop, expectAccessible, keepScreenshot, newPerson, phone, type Page, type Person } from './browser.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

let parts: PartsWithPage;
/** One that has failed, one at work, one on hold, one that is paused. */
let failed: string, atWork: string, onHold: string, paused: string;
beforeAll(async () => {
  parts = await startPartsWithPage();
  const { api } = parts;
  failed = await api.script([
    { script: [{ do: 'ask' }, { do: 'update', update: { note: 'kept' } }] },
    { script: [{ do: 'fail', attempts: 9 }] },
  ]);
  atWork = await api.script([{ script: [{ do: 'hold' }] }]);
  onHold = await api.script([{ script: [] }], { hold: true });
  paused = await api.script([{ script: [{ do: 'ask' }] }]);
  const asked = await api.eventsUntil(failed, ({ type }) => type === 'question.asked');
  const question = asked.at(-1)?.data['question'] as { id: string };
  await api.post(`/v1/runs/${failed}/questions/${question.id}/answer`, { answer: { yes: true } });
  await api.eventsToEnd(failed);
  await api.eventsUntil(paused, ({ type }) => type === 'question.asked');
  await api.post(`/v1/runs/${paused}/pause`, {});
  await api.eventsUntil(atWork, ({ type }) => type === 'agent.started');
});
afterAll(() => parts.stop());

const looks = [
  ['light', 'a desktop', desktop],
  ['dark', 'a desktop', desktop],
  ['light', 'a phone', phone],
  ['dark', 'a phone', phone],
] as const;

const open = (theme: 'light' | 'dark', viewport: typeof desktop): Promise<Person> =>
  newPerson(parts.browser, parts.url, { theme, viewport });

/** Whatever is open, too. */
async function expectForEverybody(page: Page, viewport: typeof desktop): Promise<void> {
  await expectAccessible(page);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
}

test.each(looks)('the menu of views, the help sheet and the menu of acts (%s, %s)', async (theme, device, viewport) => {
  const { page, faults, goTo, leave } = await open(theme, viewport);
  await goTo('/runs');
  await page.getByRole('button', { name: /^View/ }).click();
  const views = page.getByRole('dialog', { name: 'Saved views' });
  await views.getByText('Nothing is saved yet.').waitFor();
  await expectForEverybody(page, viewport);
  await views.getByLabel('Save this filter as').fill('Mine');
  await views.getByRole('button', { name: 'Save', exact: true }).click();
  await views.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^View/ }).click();
  await views.getByRole('link', { name: 'Mine' }).waitFor();
  await expectForEverybody(page, viewport);
  await page.keyboard.press('Escape');
  await views.waitFor({ state: 'detached' });
  // Where it was opened from, one goes on.
  await expect.poll(() => page.locator(':focus').textContent()).toContain('View');

  await page.getByText('Filters', { exact: false }).first().click();
  await page.getByLabel('Failed in step').waitFor();
  await expectForEverybody(page, viewport);

  await page.getByRole('button', { name: 'Keys', exact: true }).click();
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await sheet.getByText('To the search or filter of this screen').waitFor();
  await expectForEverybody(page, viewport);
  if (theme === 'light' && device === 'a desktop') await keepScreenshot(page, 'help');
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });

  const themes = page.getByRole('combobox', { name: 'Theme' });
  const other = theme === 'light' ? 'dark' : 'light';
  await themes.selectOption(other);
  await expect.poll(() => page.evaluate('document.documentElement.style.colorScheme')).toBe(other);
  await expectForEverybody(page, viewport);
  await themes.selectOption('system');

  await goTo(`/runs/${atWork}`);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('dialog', { name: 'What may be done' }).getByText('Its agents clean up').waitFor();
  await expectForEverybody(page, viewport);
  expect(faults).toEqual([]);
  await leave();
});

/** A run of which the act may be asked for. */
const runFor = (act: ActName): string => {
  if (act === 'begin') return onHold;
  if (act === 'unpause') return paused;
  if (['pause', 'pause-step', 'cancel', 'terminate'].includes(act)) return atWork;
  return failed;
};

test.each(looks)('the form of each act, and what can be changed in it (%s, %s)', async (theme, _device, viewport) => {
  const { page, faults, goTo, leave } = await open(theme, viewport);
  for (const act of actNames) {
    await goTo(`/runs/${runFor(act)}?act=${act}&selectedStep=scripted%231`);
    const form = page.getByRole('region', { name: acts[act].label, exact: true });
    await form.waitFor();
    if (['resume', 'retry', 'reset', 'fork'].includes(act))
      await form.getByText(/runs? again|No step that has run before/).waitFor();
    if (act === 'verify') await form.getByText('does what the history says').waitFor();
    if (act === 'unpause') await form.getByText('No step that has run before').waitFor();
    if (act === 'fork') {
      for (const part of ['Change what it goes on from', 'Input', 'Context', 'Results of steps before', 'Answers'])
        await form.getByText(part, { exact: true }).click();
      await form.getByLabel('Give another answer').check();
      await form.getByRole('checkbox', { name: 'yes' }).or(form.getByLabel('yes')).first().waitFor();
    }
    await expectForEverybody(page, viewport);
  }
  expect(faults).toEqual([]);
  await leave();
});

test.each(looks)(
  'options of a start, a new job, and a question that opens in the inbox (%s, %s)',
  async (theme, _device, viewport) => {
    const { page, faults, goTo, leave } = await open(theme, viewport);
    await goTo('/start/script');
    await page.getByText('Options').click();
    await page.getByLabel('On hold').waitFor();
    await expectForEverybody(page, viewport);
    await goTo(`/jobs/new?ids=${failed}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectForEverybody(page, viewport);
    const { body } = await parts.api.get(`/v1/runs/${paused}`);
    const [question] = body['questions'] as { id: string }[];
    await goTo(`/questions?question=${paused}/${question?.id}`);
    await page.getByRole('button', { name: 'Send the answer' }).waitFor();
    await expectForEverybody(page, viewport);
    expect(faults).toEqual([]);
    await leave();
  },
);
