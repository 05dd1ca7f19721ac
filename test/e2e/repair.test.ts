/** Ops who repair: a failed run is found, understood, forked with an edit and compared; whatever repeats is shown before. */
import type { Browser, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../harness/gateway.ts';
import { startProduct, type Product } from '../harness/product.ts';
import { desktop, expectAccessible, keepScreenshot, newPerson, openBrowser, phone, type Page } from './browser.ts';

let product: Product;
let browser: Browser;
let ben: Api;
beforeAll(async () => {
  const settings = { AUTH_TOKEN: 'anna:client:secret-a,ben:ops:secret-b,olga:ops:secret-o' };
  [product, browser] = await Promise.all([startProduct(settings, { token: 'secret-a' }), openBrowser()]);
  ben = new Api(product.url, 'secret-b');
});
afterAll(async () => {
  await browser.close();
  await product.stop();
});

async function started(id: string, userQuery: string, context = {}): Promise<void> {
  const input = { userQuery, context };
  const { status, body } = await product.api.post('/v1/runs', { id, blueprint: 'request-rooms', input });
  expect(status, JSON.stringify(body)).toBe(201);
}

/** A run of anna's that has failed: nothing can be divided by zero. */
async function failedRun(id: string): Promise<string> {
  await started(id, 'calculate 6*7; calculate 1/0; summarize');
  await product.api.eventsToEnd(id);
  return id;
}

const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const ahead = (page: Page) => page.getByRole('region', { name: 'What would happen' });
/** Why the act cannot be done, as its button says it. */
const reasonOf = async (page: Page, act: string): Promise<string> => {
  const id = await panel(page, act).getByRole('button', { name: act, exact: true }).getAttribute('aria-describedby');
  return (await page.locator(`[id="${id}"]`).textContent()) ?? '';
};

test('a failed run is understood, forked from a step with an edit, and compared with its fork', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-o' });
  await failedRun('to-fork');
  await goTo('/runs?status=failed');
  await page.getByRole('link', { name: 'to-fork' }).first().click();
  await page.getByRole('region', { name: 'Why it failed' }).getByText('Division by zero').first().waitFor();
  await page.getByRole('navigation', { name: 'Parts of the run' }).getByRole('link', { name: 'Timeline' }).click();
  await page.getByRole('option', { name: /planner-agent#1/ }).click();
  await page.getByRole('button', { name: 'Fork from it' }).click();
  const fork = panel(page, 'Fork');
  await expect.poll(() => fork.getByLabel('From before the step').inputValue()).toBe('planner-agent#1');
  await ahead(page).getByText('2 steps run again').waitFor();
  expect(await ahead(page).getByText('declared safe to repeat').count()).toBe(2);
  // What is wrong with an edit is told beside it, by the gateway that would have to take it.
  await fork.getByText('Change what it goes on from').click();
  await fork.getByText('Input', { exact: true }).click();
  const query = fork.getByRole('textbox', { name: 'userQuery' });
  await query.fill('   ');
  await fork.getByText('must not be blank').first().waitFor();
  expect(await reasonOf(page, 'Fork')).toContain('would refuse it');
  await expectAccessible(page);
  await query.fill('calculate 6*7; calculate 4/2; summarize');
  // Nothing typed is lost.
  await page.reload();
  await expect.poll(() => query.inputValue()).toContain('4/2');
  await ahead(page).getByText('executor-agent#1').waitFor();
  await keepScreenshot(page, 'run-fork');
  await fork.getByRole('button', { name: 'Fork', exact: true }).click();
  await page.getByText('Forked from').waitFor();
  await page.getByText('completed', { exact: true }).first().waitFor();
  expect(new URL(page.url()).pathname).not.toContain('to-fork');
  await page.getByRole('link', { name: 'Compare the two' }).click();
  await page.getByText('differs: status, result, error').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'thought-agent#1' }).getByText('before the fork').waitFor();
  await page.getByRole('region', { name: 'Changes of Input' }).getByText('calculate 4/2').waitFor();
  await page.getByRole('region', { name: 'Changes of Result' }).waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'compare');
  await page.getByRole('link', { name: 'To it: executor-agent#1 of the left run' }).click();
  await page.waitForURL(/\/runs\/to-fork\/timeline\?selectedStep=executor-agent/);
  // The other side is found by the lineage.
  await goTo('/compare?left=to-fork');
  await page.waitForURL(/right=/);
  expect(faults).toEqual([]);
  await leave();
});

test('a reset can be done once it was shown what it repeats', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-o' });
  await failedRun('to-reset');
  const held: Route[] = [];
  await page.route('**/reset', async (route) => {
    if (route.request().postData()?.includes('dryRun') === true && held.length === 0) held.push(route);
    else await route.continue();
  });
  await goTo('/runs/to-reset?act=reset');
  const reset = panel(page, 'Reset');
  await reset.getByText('Choose the step first.').waitFor();
  await reset.getByLabel('From before the step').selectOption('executor-agent#1');
  await expect.poll(() => held.length).toBe(1);
  const button = reset.getByRole('button', { name: 'Reset', exact: true });
  expect(await button.isDisabled()).toBe(true);
  expect(await reasonOf(page, 'Reset')).toContain('looked up what would be repeated');
  await held[0]?.continue();
  await ahead(page).getByText('One step runs again').waitFor();
  await expect.poll(() => button.isDisabled()).toBe(false);
  await button.click();
  await page.getByText('Reset: it goes on from before that step.').waitFor();
  const log = await product.api.eventsUntil('to-reset', ({ type }) => type === 'run.reset');
  expect(log.at(-1)?.data).toMatchObject({ by: 'olga', toStep: 'executor-agent#1' });
  expect(faults).toEqual([]);
  await leave();
});

test('whoever is a moment later is told who did what, and looks again', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-o' });
  await failedRun('raced');
  await goTo('/runs/raced?act=reset&selectedStep=executor-agent%231');
  await ahead(page).getByText('One step runs again').waitFor();
  // Ben's retry gets there while olga's reset is on its way.
  let retried: number | undefined;
  await page.route('**/reset', async (route) => {
    if (route.request().postData()?.includes('dryRun') !== true && retried === undefined)
      retried = (await ben.post('/v1/runs/raced/retry', {})).status;
    await route.continue();
  });
  await panel(page, 'Reset').getByRole('button', { name: 'Reset', exact: true }).click();
  const told = panel(page, 'Reset').getByRole('alert');
  await told.getByText('ben has retried the run').waitFor();
  expect(retried).toBe(200);
  const log = await product.api.eventsUntil('raced', ({ type }) => type === 'run.retried');
  await product.api.eventsToEnd('raced', log.at(-1)?.seq);
  await told.getByRole('button', { name: 'Look again' }).click();
  await ahead(page).getByText('2 attempts had started').waitFor();
  await panel(page, 'Reset').getByRole('button', { name: 'Reset', exact: true }).click();
  await page.getByText('Reset: it goes on from before that step.').waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('an answer that is kept is not asked for again, and what is asked again is said', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-o' });
  await started('answered', 'calculate 1/0', { askFirst: true });
  const asked = await product.api.eventsUntil('answered', ({ type }) => type === 'question.asked');
  const question = asked.at(-1)?.data['question'] as { id: string } | undefined;
  await product.api.post(`/v1/runs/answered/questions/${question?.id}/answer`, { answer: { answer: 'in short' } });
  await product.api.eventsToEnd('answered');
  await goTo('/runs/answered?act=reset&selectedStep=thought-agent%231');
  await ahead(page).getByText('One question is asked again').waitFor();
  await page.getByText('Change what it goes on from').click();
  await page.getByText('Answers', { exact: true }).click();
  await page.getByLabel(/Keep the answer that anna gave/).check();
  await ahead(page).getByText('One question is asked again').waitFor({ state: 'detached' });
  await ahead(page).getByText('3 steps run again').waitFor();
  await panel(page, 'Reset').getByRole('button', { name: 'Reset', exact: true }).click();
  const restored = await product.api.eventsUntil(
    'answered',
    ({ type, data }) => type === 'question.answered' && data['restored'] === true,
  );
  expect(restored.at(-1)?.data['by']).toBe('anna');
  expect(faults).toEqual([]);
  await leave();
});

test.each([
  ['light', desktop],
  ['dark', phone],
] as const)('every act says what it does, or why it may not be done (%s)', async (theme, viewport) => {
  const person = await newPerson(browser, product.url, { token: 'secret-o', theme, viewport });
  const { page, faults, goTo, leave } = person;
  const run = await failedRun(`acts-${theme}`);
  await goTo(`/runs/${run}`);
  await page.getByRole('button', { name: 'More' }).click();
  const all = page.getByRole('dialog', { name: 'What may be done' });
  await all.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  for (const button of await all.getByRole('button', { disabled: true }).all()) {
    const id = await button.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${id}"]`).textContent()).toMatch(/^It (?:has|is) .*\.$/);
  }
  expect(await all.getByRole('button', { disabled: true }).count()).toBe(8);
  await expectAccessible(page);
  await keepScreenshot(page, `run-acts-${theme}`);
  await all.getByRole('button', { name: 'Resume', exact: true }).click();
  await ahead(page).getByText('One step runs again').waitFor();
  await page.getByText('Change what it goes on from').click();
  for (const part of ['Input', 'Context', 'Results of steps before'])
    await panel(page, 'Resume').getByText(part, { exact: true }).click();
  // Of the step that runs again there is no result to be changed.
  const before = page.getByLabel('Step whose result is to be changed').locator('option');
  expect(await before.allTextContents()).toEqual(['planner-agent#1', 'thought-agent#1']);
  await expectAccessible(page);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
  await page.keyboard.press('Escape');
  await panel(page, 'Resume').waitFor({ state: 'detached' });
  await goTo(`/compare?left=${run}&right=${run}`);
  await page.getByText('0 of 3 are different').waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await leave();
});

test('a client is offered what is a client’s, and nothing else', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-a' });
  await failedRun('annas');
  // Not by its address either.
  await goTo('/runs/annas?act=terminate');
  await page.getByRole('region', { name: 'Why it failed' }).waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  const all = page.getByRole('dialog', { name: 'What may be done' });
  expect(await all.getByRole('listitem').getByRole('button').allTextContents()).toEqual([
    'Begin',
    'Next message',
    'Export',
    'Cancel',
  ]);
  expect(await panel(page, 'Terminate').count()).toBe(0);
  await all.getByRole('button', { name: 'Next message' }).click();
  const message = panel(page, 'Next message');
  await message.getByRole('textbox', { name: 'userQuery' }).fill('calculate 2*3');
  await message.getByRole('button', { name: 'Send' }).click();
  await page.getByText('Sent: the run goes on with it.').waitFor();
  await page.getByText('completed', { exact: true }).first().waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('a run is held, let go on once its code is known to fit, verified, taken away as a file, ended, and deleted', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-o' });
  await started('held', 'calculate 2*3', { askFirst: true });
  await product.api.eventsUntil('held', ({ type }) => type === 'question.asked');
  await goTo('/runs/held');
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await panel(page, 'Pause').getByRole('textbox', { name: 'Reason' }).fill('a look first');
  await panel(page, 'Pause').getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByText('Paused: it waits before its next decision.').waitFor();
  await page.getByRole('button', { name: 'Unpause', exact: true }).click();
  await ahead(page).getByText('does what the history says').waitFor();
  await panel(page, 'Unpause').getByRole('button', { name: 'Unpause', exact: true }).click();
  await page.getByText('Unpaused: it goes on.').waitFor();
  await goTo('/runs/held?act=verify');
  await panel(page, 'Verify').getByText('does what the history says').waitFor();
  await goTo('/runs/held?act=export');
  const download = page.waitForEvent('download');
  await panel(page, 'Export').getByRole('button', { name: 'Export', exact: true }).click();
  expect((await download).suggestedFilename()).toBe('held.baton');
  await goTo('/runs/held?act=terminate');
  await panel(page, 'Terminate').getByRole('button', { name: 'Terminate', exact: true }).click();
  await page.getByText('It is terminated.').waitFor();
  await goTo('/runs/held?act=delete');
  const deletion = panel(page, 'Delete for good');
  expect(await reasonOf(page, 'Delete for good')).toBe('Type the id of the run first.');
  await deletion.getByRole('textbox', { name: 'Type the id of the run' }).fill('held');
  await deletion.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByText('The run is deleted.').waitFor();
  expect(faults).toEqual([]);
  await leave();
});
