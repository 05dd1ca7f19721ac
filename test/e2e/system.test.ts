/** Ops who look at the installation: live figures with words to them, findings with remedies, what agents say. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desktop, expectAccessible, keepScreenshot, newPerson, phone } from './browser.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

let parts: PartsWithPage;
let failed: string;
beforeAll(async () => {
  parts = await startPartsWithPage();
  failed = await parts.api.script([{ script: [{ do: 'fail', attempts: 9, code: 'model_refused' }] }]);
  await parts.api.eventsToEnd(failed);
});
afterAll(async () => {
  await parts.stop();
});

test('workers, queues, gateway, Temporal and what the doctor finds are on one page, and stay current', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  const dripping = await parts.api.script([{ script: [{ do: 'drip', perSecond: 20, seconds: 20 }] }]);
  await goTo('/system');
  const queues = page.getByRole('region', { name: 'Workers and task queues', exact: true });
  await queues
    .getByText(/\d+ of \d+ slots/)
    .first()
    .waitFor();
  await page.getByRole('region', { name: 'Temporal' }).getByText('✓ yes').waitFor();
  await page.getByRole('region', { name: 'Temporal' }).getByText('off: runs are gone after that').waitFor();
  await page
    .getByRole('region', { name: 'Gateway' })
    .getByText(/native \d+, event streams 0/)
    .waitFor();
  const findings = page.getByRole('region', { name: 'The doctor’s findings' });
  await findings.getByText('search-attributes').waitFor();
  // Somebody who watches elsewhere: his events are counted here.
  const watching = await newPerson(parts.browser, parts.url);
  await watching.goTo(`/runs/${dripping}/events`);
  await page.getByText(/Events to clients: [1-9][\d.]* a second now/).waitFor();
  await page.getByText(/95 % within: [\d.]+ ms now/).waitFor();
  expect(await page.locator('figure canvas').count()).toBe(4);
  await page.getByRole('button', { name: 'Show and follow them' }).click();
  const logs = page.getByRole('region', { name: 'Logs of agents', exact: true });
  await logs
    .getByRole('listitem')
    .filter({ hasText: failed })
    .filter({ hasText: 'failed by script' })
    .first()
    .waitFor();
  await expectAccessible(page);
  await page.evaluate('scrollTo(0, 0)');
  await keepScreenshot(page, 'system');
  await page.getByRole('region', { name: 'Runs by status' }).getByRole('link', { name: 'failed' }).click();
  await page.waitForURL(/\/runs\?status=failed/);
  // What was measured is still there.
  await page.goBack();
  await page.getByText(/Events to clients: .* at most in ten minutes/).waitFor();
  expect([...faults, ...watching.faults]).toEqual([]);
  await watching.leave();
  await leave();
});

test.each([
  ['dark', 'a desktop', desktop],
  ['dark', 'a phone', phone],
  ['light', 'a phone', phone],
] as const)('all of it can be read in the %s theme on %s', async (theme, _device, viewport) => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url, { theme, viewport });
  await goTo('/system');
  await page.getByRole('region', { name: 'The doctor’s findings' }).getByText('search-attributes').waitFor();
  await page.locator('figure canvas').first().waitFor();
  await expectAccessible(page);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
  if (viewport === phone && theme === 'dark') await keepScreenshot(page, 'system-phone');
  expect(faults).toEqual([]);
  await leave();
});

test('what agents log is followed over all runs, by level and agent, and leads to the run and its step', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url, { viewport: phone, theme: 'dark' });
  const hostile = '<img src=x onerror="console.error(1)">';
  const say = (level: string, message: string) => ({ do: 'log', level, message, fields: { note: hostile } });
  await goTo('/system?logs=open&level=warn&agent=scripted');
  const logs = page.getByRole('region', { name: 'Logs of agents', exact: true });
  const line = (text: string) => logs.getByRole('listitem').filter({ hasText: text });
  await line('failed by script').first().waitFor();
  // Written while somebody looks.
  const run = await parts.api.script([{ script: [say('info', 'all quiet')] }, { script: [say('error', hostile)] }]);
  await line(run).waitFor();
  expect(await line(run).textContent()).toContain(hostile);
  expect(await logs.getByText('all quiet').count()).toBe(0);
  await expectAccessible(page);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(phone.width);
  await logs.getByLabel('Level').selectOption('error');
  await page.waitForURL(/level=error/);
  await expect.poll(() => line('failed by script').count()).toBe(0);
  await line(run).getByRole('link', { name: run }).click();
  await page.waitForURL(new RegExp(`/runs/${run}/logs\\?step=scripted%232`));
  const own = page.getByRole('region', { name: 'Logs of agents', exact: true });
  const step = own.getByRole('searchbox', { name: 'Step' });
  await step.waitFor();
  await own.getByRole('listitem').filter({ hasText: hostile }).waitFor();
  expect(await own.getByRole('listitem').count()).toBe(1);
  await step.fill('');
  await own.getByRole('listitem').filter({ hasText: 'all quiet' }).waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'run-logs');
  await goTo(`/runs/${run}/logs?step=scripted%239`);
  await page.getByText('Nothing yet.').waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('a queue that nobody works on says so', async () => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url);
  await parts.worker.kill();
  await goTo('/system');
  // The server forgets a worker some minutes after it was last seen: what waits is seen at once.
  await parts.api.script([{ script: [] }]);
  await page
    .getByText(/[1-9]\d* waiting, the oldest for/)
    .first()
    .waitFor();
  expect(faults).toEqual([]);
  await parts.worker.start();
  await leave();
});
