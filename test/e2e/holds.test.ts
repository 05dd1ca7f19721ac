/** Ops who hold and let go: a run, a step, an attempt that waits; and what does not fit its code is not let go on unawares. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Timeline } from '../../protocol/schemas/timeline.ts';
import { until } from '../harness/until.ts';
import { expectAccessible, newPerson, phone, type Page } from './browser.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

let parts: PartsWithPage;
beforeAll(async () => {
  parts = await startPartsWithPage({ settings: { AUTH_TOKEN: 'olga:ops:token-of-olga' }, token: 'token-of-olga' });
});
afterAll(() => parts.stop());

const signedIn = (options: Parameters<typeof newPerson>[2] = {}) =>
  newPerson(parts.browser, parts.url, { token: 'token-of-olga', ...options });
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const ahead = (page: Page) => page.getByRole('region', { name: 'What would happen' });
const press = (page: Page, name: string) => panel(page, name).getByRole('button', { name, exact: true }).click();
/** From the menu of all that may be done. */
async function choose(page: Page, act: string): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  const menu = page.getByRole('dialog', { name: 'What may be done' });
  await expect.poll(() => menu.getByRole('button', { name: act, exact: true }).isEnabled()).toBe(true);
  await menu.getByRole('button', { name: act, exact: true }).click();
}
const pendingState = async (run: string) => {
  const { now } = (await parts.api.get(`/v1/runs/${run}/timeline`)).body as unknown as Timeline;
  return now.pending[0]?.state;
};
/** How the run is said to stand, in its header. */
const standing = (page: Page) => page.getByRole('region', { name: 'Standing' });

test('a failed run is retried: it is said what runs again, and it begins from its beginning', async () => {
  const run = await parts.api.script([
    { script: [{ do: 'emit', count: 1 }] },
    { script: [{ do: 'fail', attempts: 9 }] },
  ]);
  const { length: lastSeq } = await parts.api.eventsToEnd(run);
  const { page, faults, goTo, leave } = await signedIn();
  await goTo(`/runs/${run}`);
  await choose(page, 'Retry');
  await ahead(page).getByText('2 steps run again').waitFor();
  await ahead(page).getByText('5 attempts had started').waitFor();
  await press(page, 'Retry');
  await page.getByText('Retried: it begins again.').waitFor();
  const events = await parts.api.eventsToEnd(run, lastSeq);
  expect(events[0]).toMatchObject({ type: 'run.retried', data: { by: 'olga' } });
  expect(events.filter(({ type }) => type === 'agent.completed' || type === 'agent.failed')).toHaveLength(2);
  expect(faults).toEqual([]);
  await leave();
});

test('an attempt that would wait for minutes begins at once when somebody says so', async () => {
  const begun = await parts.api.post('/v1/runs', {
    blueprint: 'slow-retry',
    input: { steps: [{ script: [{ do: 'fail', attempts: 1 }] }] },
  });
  const run = String(begun.body['id']);
  await until('the step to wait', async () => (await pendingState(run)) === 'backoff');
  const { page, faults, goTo, leave } = await signedIn();
  await goTo(`/runs/${run}`);
  await page
    .getByRole('region', { name: 'At work now' })
    .getByText(/waits for its next attempt.*next in/)
    .waitFor();
  await choose(page, 'Retry step now');
  expect(await panel(page, 'Retry step now').getByLabel('Step').inputValue()).toBe('scripted#1');
  await ahead(page).getByText('does what the history says').waitFor();
  await expectAccessible(page);
  await press(page, 'Retry step now');
  await page.getByText('The next attempt of scripted#1 begins.').waitFor();
  await standing(page).getByText('completed', { exact: true }).waitFor();
  const events = await parts.api.eventsToEnd(run);
  expect(events.find(({ type }) => type === 'step.retried')?.data).toMatchObject({ by: 'olga' });
  expect(faults).toEqual([]);
  await leave();
});

test('a step is paused with a reason and goes on where it was; its page says how it stands', async () => {
  const run = await parts.api.script([
    {
      script: [
        { do: 'checkpoint', value: 7 },
        { do: 'emit', count: 1 },
        { do: 'hold', once: true },
      ],
    },
  ]);
  await parts.api.eventsUntil(run, ({ type }) => type === 'agent.emitted');
  const { page, faults, goTo, leave } = await signedIn({ viewport: phone, theme: 'dark' });
  await goTo(`/runs/${run}`);
  await choose(page, 'Pause a step');
  await panel(page, 'Pause a step').getByRole('textbox', { name: 'Reason' }).fill('it costs too much');
  await press(page, 'Pause a step');
  await page.getByText('scripted#1 is paused.').waitFor();
  await standing(page).getByText('paused', { exact: true }).waitFor();
  await page.getByRole('navigation', { name: 'Parts of the run' }).getByRole('link', { name: 'Timeline' }).click();
  await page.getByRole('option', { name: /scripted#1, paused/ }).waitFor();
  await expectAccessible(page);
  await choose(page, 'Unpause a step');
  await ahead(page).getByText('does what the history says').waitFor();
  await press(page, 'Unpause a step');
  await page.getByText('scripted#1 goes on.').waitFor();
  await standing(page).getByText('completed', { exact: true }).waitFor();
  const events = await parts.api.eventsToEnd(run);
  expect(events.find(({ type }) => type === 'step.paused')?.data).toMatchObject({
    by: 'olga',
    reason: 'it costs too much',
  });
  expect(events.find(({ type }) => type === 'run.completed')?.data).toMatchObject({
    result: { last: { resumedFrom: 7 } },
  });
  expect(faults).toEqual([]);
  await leave();
});

test('a paused run takes answers but decides nothing until it is let go on', async () => {
  const run = await parts.api.script([{ script: [{ do: 'ask' }] }, { script: [{ do: 'emit', count: 1 }] }]);
  await parts.api.eventsUntil(run, ({ type }) => type === 'question.asked');
  const { page, faults, goTo, leave } = await signedIn();
  await goTo(`/runs/${run}`);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await press(page, 'Pause');
  await page.getByText('Paused: it waits before its next decision.').waitFor();
  await page.getByRole('radio', { name: 'Yes' }).check();
  await page.getByRole('button', { name: 'Send the answer' }).click();
  await standing(page).getByText('paused', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Unpause', exact: true }).click();
  await ahead(page).getByText('does what the history says').waitFor();
  await press(page, 'Unpause');
  await standing(page).getByText('completed', { exact: true }).waitFor();
  expect(faults).toEqual([]);
  await leave();
});
