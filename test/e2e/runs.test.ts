/** The story of ops: runs are found, what failed is grouped, and many are repaired at once; by mouse and by keyboard. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unique } from '../harness/temporal-server.ts';
import { until } from '../harness/until.ts';
import { desktop, expectAccessible, keepScreenshot, newPerson, phone, type Page, type Person } from './browser.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

const [olgasToken, annsToken] = ['olgas-token', 'anns-token'];
const settings = { AUTH_TOKEN: `olga:ops+client:${olgasToken},ann:client:${annsToken}` };
/** Other tests' runs are on the same server. */
const ours = unique('many');

const good = { script: [{ do: 'progress', fraction: 1, message: 'done' }] };
const failing = (code: string) => ({ script: [{ do: 'fail', attempts: 9, code }] });
const asking = { script: [{ do: 'progress', fraction: 0.5, message: 'half of it' }, { do: 'ask' }] };

let parts: PartsWithPage;
const start = (name: string, steps: unknown[]) => parts.api.script(steps, { id: `${ours}-${name}` });
const ended = async (status: string, count: number) => {
  const { body } = await parts.api.get(`/v1/runs/count?idPrefix=${ours}&status=${status}`);
  return Number(body['total']) >= count;
};
beforeAll(async () => {
  parts = await startPartsWithPage({ settings, token: olgasToken });
  await start('asks', [asking]);
  for (let index = 1; index <= 12; index++) await start(`good-${index}`, [good]);
  for (let index = 1; index <= 4; index++) await start(`bad-${index}`, [failing('agent_failed')]);
  for (let index = 1; index <= 3; index++) await start(`worse-${index}`, [good, failing('mcp_tool_failed')]);
  await until('those that fail to have failed', () => ended('failed', 7));
  await until('the rest to be done', () => ended('completed', 12));
});
afterAll(() => parts.stop());

const signedIn = (options: Parameters<typeof newPerson>[2] = {}): Promise<Person> =>
  newPerson(parts.browser, parts.url, { token: olgasToken, ...options });
/** Ids of the runs in sight, from the top. */
const listed = (page: Page) => page.locator('[data-open]').allInnerTexts();
const expectListed = (page: Page, names: readonly string[]) =>
  expect.poll(async () => (await listed(page)).toSorted()).toEqual(names.map((name) => `${ours}-${name}`).toSorted());
const searchOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const bad = ['bad-1', 'bad-2', 'bad-3', 'bad-4'];
const worse = ['worse-1', 'worse-2', 'worse-3'];

test('a filter lives in the address: it survives a reload and a step back, and is saved under a name', async () => {
  const { page, faults, goTo, leave } = await signedIn();
  await goTo(`/runs?idPrefix=${ours}`);
  await page
    .getByRole('group', { name: 'Status' })
    .getByRole('button', { name: /^failed 7$/ })
    .click();
  await expectListed(page, [...bad, ...worse]);
  expect(searchOf(page)).toEqual({ idPrefix: ours, status: 'failed' });
  const line = page.getByRole('searchbox', { name: 'Search runs' });
  await expect.poll(() => line.inputValue()).toBe(`status=failed ${ours}`);
  await line.fill(`status=failed code=mcp_tool_failed ${ours}`);
  await line.press('Enter');
  await expectListed(page, worse);
  await page.reload();
  await expectListed(page, worse);
  await page.goBack();
  await expectListed(page, [...bad, ...worse]);

  await line.fill('colour=red');
  await line.press('Enter');
  await page.getByText('colour is no key', { exact: false }).waitFor();
  expect(searchOf(page)).toEqual({ idPrefix: ours, status: 'failed' });
  await line.press('Escape');

  await page.getByText('Filters', { exact: false }).click();
  await page.getByLabel('Failed in step').fill('scripted#2');
  await page.getByLabel('Failed in step').press('Enter');
  await expectListed(page, worse);
  await page.getByRole('button', { name: /^View/ }).click();
  await page.getByLabel('Save this filter as').fill('In the second step');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await goTo('/runs');
  await page.getByRole('button', { name: /^View/ }).click();
  await page.getByRole('link', { name: 'In the second step' }).click();
  await expectListed(page, worse);
  expect(searchOf(page)).toEqual({ idPrefix: ours, status: 'failed', step: 'scripted#2' });
  await page.getByRole('button', { name: 'View: In the second step' }).click();
  await page.getByRole('button', { name: 'Delete the view In the second step' }).click();
  await page.getByText('Nothing is saved yet.').waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('rows change in their places; a new run comes in by itself at the top, and is announced to who is at work', async () => {
  const { page, faults, goTo, leave } = await signedIn();
  const prefix = `${ours}-live`;
  const asks = await start('live-1', [asking]);
  await goTo(`/runs?idPrefix=${prefix}`);
  const row = page.getByRole('row', { name: asks });
  await row.getByText('waiting').waitFor();
  await row.getByText('Shall it go on?').waitFor();
  await start('live-2', [good]);
  await expectListed(page, ['live-1', 'live-2']);

  await page.getByRole('checkbox', { name: `Pick ${asks}` }).check();
  const places = await listed(page);
  await start('live-3', [asking]);
  await page.getByRole('button', { name: '1 new' }).waitFor();
  expect(await listed(page)).toEqual(places);
  const { body } = await parts.api.get(`/v1/runs/${asks}`);
  const [question] = body['questions'] as { id: string }[];
  await parts.api.post(`/v1/runs/${asks}/questions/${question?.id}/answer`, { answer: { yes: true } });
  await row.getByText('completed').waitFor();
  expect(await listed(page)).toEqual(places);
  await page.getByRole('button', { name: '1 new' }).click();
  await expectListed(page, ['live-1', 'live-2', 'live-3']);
  await expect.poll(async () => (await listed(page))[0]).toBe(`${ours}-live-3`);
  expect(faults).toEqual([]);
  await leave();
});

test('a run that left the filter says how it stands now, where it stood', async () => {
  const { page, faults, goTo, leave } = await signedIn();
  const run = await start('leaves', [asking]);
  await goTo(`/runs?status=waiting&idPrefix=${run}`);
  const row = page.getByRole('row', { name: run });
  await row.getByText('waiting').waitFor();
  await parts.api.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
  await row.getByText('cancelled').waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('failures are grouped; a group is retried after its preview, and each run has its result', async () => {
  const { page, faults, goTo, leave } = await signedIn();
  await goTo(`/failures?idPrefix=${ours}`);
  const group = page.getByRole('listitem').filter({ hasText: 'mcp_tool_failed' });
  await group.getByText('3', { exact: false }).first().waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'failures');
  await group.getByRole('link', { name: 'Show the runs' }).click();
  await expectListed(page, worse);
  await page.goBack();
  await group.getByRole('link', { name: 'Retry these' }).click();
  expect(searchOf(page)).toMatchObject({ do: 'retry', status: 'failed', code: 'mcp_tool_failed', step: 'scripted#2' });
  const begin = page.getByRole('button', { name: 'Retry 3 runs' });
  await begin.waitFor();
  // Both steps of each had begun.
  await page.getByText('Steps that had begun are repeated: 6 of scripted').waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'job-preview');
  await begin.click();
  await page.getByRole('heading', { name: /^retry: status=failed/ }).waitFor();
  await page.getByText('3 of 3').waitFor();
  await page.getByLabel('Standing').getByText('completed').waitFor();
  const results = page.getByRole('list', { name: 'Results' });
  await expect.poll(() => results.getByRole('listitem').count()).toBe(3);
  expect(await results.getByText('done').count()).toBe(3);
  await keepScreenshot(page, 'job');
  await page
    .getByRole('group', { name: 'Outcome' })
    .getByRole('button', { name: /^refused/ })
    .click();
  await page.getByText('None.', { exact: true }).waitFor();
  expect(searchOf(page)).toEqual({ outcome: 'refused' });
  await page.getByRole('group', { name: 'Outcome' }).getByRole('button', { name: /^all/ }).click();
  await results.getByRole('link', { name: `${ours}-worse-1` }).click();
  await page.getByRole('heading', { name: `${ours}-worse-1` }).waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('runs that are picked are acted on at a pace, and the job is held, let go and ended', async () => {
  const { page, faults, goTo, leave } = await signedIn();
  await goTo(`/runs?idPrefix=${ours}-good`);
  const box = (row: number) => page.getByRole('checkbox', { name: /^Pick / }).nth(row);
  await box(0).click();
  await box(9).click({ modifiers: ['Shift'] });
  await page.getByRole('link', { name: 'Act on 10 runs' }).click();
  const begin = page.getByRole('button', { name: 'Act on these runs' });
  expect(await begin.isDisabled()).toBe(true);
  await page.getByText('Choose what to do.').first().waitFor();
  await page.getByRole('radio', { name: 'Reset' }).check();
  await page.getByText('Say before which step, as in codesmith#2.').first().waitFor();
  await page.getByLabel('Before which step').fill('scripted#1');
  await page.getByLabel('Edits').fill('{"context": ');
  await page.getByText('Line 1, column 13', { exact: false }).waitFor();
  // What was typed is still there after a reload.
  await page.reload();
  await expect.poll(() => page.getByLabel('Edits').inputValue()).toBe('{"context": ');
  await page.getByLabel('Edits').fill('');
  await page.getByLabel('Runs a second').fill('0.5');
  await page.getByRole('button', { name: 'Reset 10 runs' }).click();
  await page.getByText('1 of 10').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByLabel('Standing').getByText('paused').waitFor();
  await page.getByRole('button', { name: 'Unpause' }).click();
  await page.getByLabel('Standing').getByText('running').waitFor();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel the job' }).click();
  await page.getByLabel('Standing').getByText('cancelled').waitFor();
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByRole('link', { name: 'reset: 10 runs that were picked' }).waitFor();
  await keepScreenshot(page, 'jobs');
  expect(faults).toEqual([]);
  await leave();
});

test('every run must be said to be meant, and what nothing brings back agreed to', async () => {
  const { page, faults, goTo, leave } = await signedIn();
  await goTo('/jobs/new?do=pause');
  await page.getByText('There is no filter: say that every run is meant.').first().waitFor();
  expect(await page.getByRole('button', { name: 'Pause these runs' }).isDisabled()).toBe(true);
  await page.getByRole('checkbox', { name: 'Every run is meant' }).check();
  await expect.poll(() => page.getByRole('button', { name: /^Pause [\d,]+ runs$/ }).isEnabled()).toBe(true);

  await goTo(`/jobs/new?do=delete&idPrefix=${ours}-asks`);
  const begin = page.getByRole('button', { name: 'Delete 1 run' });
  await begin.waitFor();
  await page.getByText('1 would refuse: run_not_ended', { exact: false }).waitFor();
  expect(await begin.isDisabled()).toBe(true);
  await page.getByRole('checkbox', { name: /It is meant so/ }).check();
  expect(await begin.isEnabled()).toBe(true);
  // Another request is another consent.
  await page.getByRole('checkbox', { name: /what has not ended/ }).check();
  await page.getByText('Say that it is meant so.').waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('all of it goes by keyboard', async () => {
  const { page, faults, leave } = await signedIn();
  const { keyboard } = page;
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  await keyboard.press('g');
  await keyboard.press('j');
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  await keyboard.press('g');
  await keyboard.press('r');
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  await keyboard.press('/');
  await keyboard.type(`status=failed ${ours}-bad`);
  await keyboard.press('Enter');
  await expectListed(page, bad);
  await keyboard.press('Escape');
  const atHand = () => page.evaluate<string>('document.activeElement?.textContent');
  const [first, second, third] = await listed(page);
  await keyboard.press('j');
  await expect.poll(atHand).toBe(first);
  await keyboard.press('j');
  await expect.poll(atHand).toBe(second);
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: second ?? '' }).waitFor();
  await page.goBack();
  await expectListed(page, bad);
  await keyboard.press('j');
  await expect.poll(atHand).toBe(first);
  await keyboard.press('x');
  await keyboard.press('ArrowDown');
  await keyboard.press('j');
  await expect.poll(atHand).toBe(third);
  await keyboard.press('X');
  const act = page.getByRole('link', { name: 'Act on 3 runs' });
  await act.waitFor();
  await act.focus();
  await keyboard.press('Enter');
  await page.getByRole('radio', { name: 'Retry', exact: true }).focus();
  await keyboard.press('Space');
  const begin = page.getByRole('button', { name: 'Retry 3 runs' });
  await expect.poll(() => begin.isEnabled()).toBe(true);
  await begin.focus();
  await keyboard.press('Enter');
  await page.getByText('3 of 3').waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('who may only start sees what is theirs, and is offered nothing for many', async () => {
  const { page, faults, goTo, leave } = await signedIn({ token: annsToken });
  await goTo(`/runs?idPrefix=${ours}`);
  await page.getByText('No run fits this filter.').waitFor();
  expect(await page.getByRole('checkbox').count()).toBe(0);
  expect(await page.getByRole('link', { name: 'Jobs', exact: true }).count()).toBe(0);
  await goTo('/jobs/new?do=delete');
  await page.getByText('This needs the role ops; you have client.').waitFor();
  expect(await page.getByRole('button', { name: /runs/ }).count()).toBe(0);
  expect(faults).toEqual([]);
  await leave();
});

test('a list whose first rows are still to come can be used by everybody', async () => {
  const { page, faults, goTo, leave } = await signedIn({ viewport: phone });
  const release = Promise.withResolvers<void>();
  await page.route(/\/v1\/runs\?/, async (route) => {
    await release.promise;
    await route.continue();
  });
  await goTo(`/runs?idPrefix=${ours}`);
  await page.getByRole('listitem').first().waitFor();
  await expectAccessible(page);
  release.resolve();
  await page
    .getByRole('checkbox', { name: /^Pick / })
    .first()
    .waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('every screen is accessible in both themes, on a desktop and on a phone, and no wider than it', async () => {
  const { body: job } = await parts.api.post('/v1/jobs', { action: 'retry', filter: { idPrefix: `${ours}-good` } });
  const paths = [
    [`/runs?idPrefix=${ours}`, 'Runs'],
    [`/failures?idPrefix=${ours}`, 'Failures'],
    ['/jobs', 'Jobs'],
    [`/jobs/new?do=delete&idPrefix=${ours}`, 'Act on many runs'],
    [`/jobs/${String(job['id'])}`, /^retry/],
  ] as const;
  for (const viewport of [desktop, phone]) {
    for (const theme of ['light', 'dark'] as const) {
      const { page, faults, goTo, leave } = await signedIn({ viewport, theme });
      for (const [path, heading] of paths) {
        await goTo(path);
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
        if (path.startsWith('/runs')) {
          await page
            .getByRole('checkbox', { name: /^Pick / })
            .first()
            .check();
          if (viewport === desktop || theme === 'dark')
            await keepScreenshot(page, `runs-${viewport === phone ? 'phone-' : ''}${theme}`);
        }
        if (path.startsWith('/jobs/new')) await page.getByText('runs fit').waitFor();
        if (path === `/jobs/${String(job['id'])}`) await page.getByRole('list', { name: 'Results' }).waitFor();
        await expectAccessible(page);
        const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect([path, beyond]).toEqual([path, 0]);
      }
      expect(faults).toEqual([]);
      await leave();
    }
  }
});
