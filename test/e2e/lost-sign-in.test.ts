/** Somebody's token ends while he is at work: he signs in again, and finds all as he has left it. */
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible, newPerson, type Page } from './browser.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

const secret = 'a-secret-of-at-least-thirty-two-bytes';
/** Long enough to sign in and begin. */
const goodForSeconds = 25;

const tokenOf = (name: string, seconds: number): Promise<string> =>
  new SignJWT({ sub: name, roles: ['ops'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(new TextEncoder().encode(secret));

let parts: PartsWithPage;
beforeAll(async () => {
  parts = await startPartsWithPage({
    settings: { AUTH_JWT_SECRET: secret },
    token: await tokenOf('starter', 3_600),
  });
});
afterAll(() => parts.stop());

async function signInAgain(page: Page, name: string): Promise<void> {
  await page.waitForURL(/\/sign-in/, { timeout: (goodForSeconds + 20) * 1_000 });
  await page.getByLabel('Token').fill(await tokenOf(name, 3_600));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('who is at an answer comes back to it, with what was typed, and all is live again', async () => {
  const run = await parts.api.script([
    {
      script: [
        {
          do: 'ask',
          question: {
            message: 'What is it called?',
            answerSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
          },
        },
      ],
    },
  ]);
  const asked = await parts.api.eventsUntil(run, ({ type }) => type === 'question.asked');
  const question = asked.at(-1)?.data['question'] as { id: string };
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url, {
    token: await tokenOf('olga', goodForSeconds),
  });
  await goTo(`/questions?run=${run}&question=${run}/${question.id}`);
  const field = page.getByRole('textbox', { name: 'name' });
  await field.fill('half a wor');
  await page.waitForURL(/\/sign-in/, { timeout: (goodForSeconds + 20) * 1_000 });
  await expectAccessible(page);
  await signInAgain(page, 'olga');
  await page.waitForURL((address) => address.pathname === '/questions' && address.searchParams.get('run') === run);
  expect(new URL(page.url()).searchParams.get('question')).toBe(`${run}/${question.id}`);
  await expect.poll(() => field.inputValue()).toBe('half a wor');
  await field.fill('half a word');
  await page.getByRole('button', { name: 'Send the answer' }).click();
  await page.getByText('Your answer is accepted.').waitFor();
  // The inbox goes on, too.
  await page.getByText('Nothing is asked.').waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('who follows a run comes back to the same rows, and sees nothing of whoever was here before', async () => {
  const run = await parts.api.script([{ script: [{ do: 'emit', count: 30 }, { do: 'hold' }] }]);
  await parts.api.eventsUntil(run, ({ type, data }) => type === 'agent.emitted' && data['index'] === 29);
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url, {
    token: await tokenOf('olga', goodForSeconds),
  });
  const place = `/runs/${run}/events?type=agent.emitted&seq=12`;
  await goTo(place);
  await page.getByText('30 of ').waitFor();
  await signInAgain(page, 'ben');
  await page.waitForURL(`**${place}`);
  await page.getByText('30 of ').waitFor();
  await page.getByRole('region', { name: 'Event 12', exact: true }).waitFor();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  expect(await page.getByRole('banner').getByText('ben').count()).toBe(1);
  expect(await page.getByRole('banner').getByText('olga').count()).toBe(0);
  await parts.api.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
  await page.getByText('cancelled', { exact: true }).first().waitFor();
  expect(faults).toEqual([]);
  await leave();
});
