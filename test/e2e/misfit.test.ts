/** After a deploy that does not fit a run: it is told before anybody lets the run go on, and whoever insists is on record. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { olgasToken, startPlantedBuilds, type PlantedBuilds } from '../harness/planted-builds.ts';
import { expectAccessible, keepScreenshot, newPerson, openBrowser, phone, type Page } from './browser.ts';

let builds: PlantedBuilds;
let browser: Browser;
beforeAll(async () => {
  [builds, browser] = await Promise.all([startPlantedBuilds(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await builds.stop();
});

const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const ahead = (page: Page) => page.getByRole('region', { name: 'What would happen' });

test('what the code of the workers does not fit is told with the place, refused, and let go on by force alone', async () => {
  const { ops, gateway } = builds;
  const run = await builds.pausedRun();
  await builds.deploy('careless');
  const { page, faults, goTo, leave } = await newPerson(browser, gateway.url, { token: olgasToken });
  await goTo(`/runs/${run}?act=unpause-step`);
  const unpause = panel(page, 'Unpause a step');
  await ahead(page).getByText('build b-careless').waitFor();
  const button = unpause.getByRole('button', { name: 'Unpause a step', exact: true });
  expect(await button.isDisabled()).toBe(true);
  await unpause.getByText('it would be stuck at once').waitFor();
  await ahead(page).getByText('at entry').waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'run-misfit');
  await page.setViewportSize(phone);
  await expectAccessible(page);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(phone.width);
  await unpause.getByLabel(/Do it all the same/).check();
  await expect.poll(() => button.isDisabled()).toBe(false);
  await button.click();
  await page.getByText('second#1 goes on.').waitFor();
  await builds.deploy('before');
  const events = await ops.eventsUntil(run, ({ type }) => type === 'step.unpaused');
  expect(events.at(-1)?.data).toMatchObject({ by: 'olga', forced: true });
  await ops.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
  expect(faults).toEqual([]);
  await leave();
});

test('code that ceases to fit between a look and the act is refused in words, and what can be done then is offered', async () => {
  const { ops, gateway } = builds;
  const run = await builds.pausedRun();
  const { page, faults, goTo, leave } = await newPerson(browser, gateway.url, { token: olgasToken, theme: 'dark' });
  await goTo(`/runs/${run}?act=retry-step`);
  await ahead(page).getByText('does what the history says').waitFor();
  await builds.deploy('careless');
  const retry = panel(page, 'Retry step now');
  await retry.getByRole('button', { name: 'Retry step now', exact: true }).click();
  const told = retry.getByRole('alert');
  await told.getByText('(replay_failed)').waitFor();
  await expectAccessible(page);
  await told.getByRole('button', { name: 'Look again' }).click();
  await ahead(page).getByText('build b-careless').waitFor();
  await retry.getByLabel(/Do it all the same/).waitFor();
  const { body } = await ops.get(`/v1/runs/${run}/events`);
  expect((body['events'] as { type: string }[]).map(({ type }) => type)).not.toContain('step.retried');
  await builds.deploy('before');
  await ops.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
  expect(faults).toEqual([]);
  await leave();
});
