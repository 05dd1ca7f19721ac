/** People who answer: several for one question, with edits, while the gateway is away, and called by their desktop. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unique } from '../harness/temporal-server.ts';
import { expectAccessible, keepScreenshot, newPerson, phone, type Page, type Person } from './browser.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

const tokens = { olga: 'token-of-olga', ann: 'token-of-ann', bob: 'token-of-bob' };
const AUTH_TOKEN = `olga:ops+client:${tokens.olga},ann:human:${tokens.ann},bob:human:${tokens.bob}`;

let parts: PartsWithPage;
beforeAll(async () => {
  parts = await startPartsWithPage({ settings: { AUTH_TOKEN }, token: tokens.olga });
});
afterAll(() => parts.stop());

/** A run of olga's that asks; its id, and the place of its question. */
async function asks(asking: Record<string, unknown>): Promise<{ run: string; place: string }> {
  const run = await parts.api.script([{ script: [{ do: 'ask', question: asking }] }], { id: unique('answers') });
  const asked = await parts.api.eventsUntil(run, ({ type }) => type === 'question.asked');
  const question = asked.at(-1)?.data['question'] as { id: string };
  return { run, place: `${run}/${question.id}` };
}

const signedIn = (name: keyof typeof tokens, options: Parameters<typeof newPerson>[2] = {}): Promise<Person> =>
  newPerson(parts.browser, parts.url, { token: tokens[name], ...options });

const answersOf = async (run: string) => {
  const events = await parts.api.eventsToEnd(run);
  return events.filter(({ type }) => type === 'question.answered').map(({ data }) => [data['by'], data['answer']]);
};

const approval = {
  type: 'object',
  properties: { approve: { type: 'boolean' } },
  required: ['approve'],
  additionalProperties: false,
};
const choices = [
  { value: { approve: true }, label: 'Approve' },
  { value: { approve: false }, label: 'Reject' },
];

test('a question that needs two people says how many have answered, counts each once, and goes on with the second', async () => {
  const { run, place } = await asks({
    message: 'Shall it be shipped?',
    answerSchema: approval,
    choices,
    answersNeeded: 2,
    audience: { roles: ['human'] },
  });
  const ann = await signedIn('ann');
  const bob = await signedIn('bob', { viewport: phone, theme: 'dark' });
  await ann.goTo(`/questions?question=${place}`);
  await bob.goTo(`/questions?question=${place}`);
  await ann.page.getByText('0 of 2 answers are there.').waitFor();
  await expectAccessible(bob.page);
  const approve = ({ page }: Person) => page.getByRole('button', { name: /Approve/ });
  await approve(ann).click();
  await ann.page.getByText('Your answer counts: 1 of 2.').waitFor();
  await approve(ann).waitFor({ state: 'detached' });
  await bob.page.getByText('1 of 2 answers are there.').waitFor();
  await bob.page.getByRole('listitem').filter({ hasText: 'ann' }).first().waitFor();
  await expectAccessible(ann.page);
  await expectAccessible(bob.page);
  await keepScreenshot(ann.page, 'question-of-two');
  // Whoever has answered is not asked again.
  await ann.page.reload();
  await ann.page.getByText('1 of 2 answers are there.').waitFor();
  expect(await approve(ann).count()).toBe(0);
  await bob.page.getByRole('button', { name: /Reject/ }).click();
  await bob.page.getByText('Your answer is accepted.').waitFor();
  await ann.page.getByText('It is answered.').waitFor();
  expect(await answersOf(run)).toEqual([
    ['ann', { approve: true }],
    ['bob', { approve: false }],
  ]);
  expect([...ann.faults, ...bob.faults]).toEqual([]);
  await Promise.all([ann.leave(), bob.leave()]);
});

const draft = ['Dear customer,', 'your parcel is late.', 'It comes on Monday.', 'Yours'].join('\n');
const draftQuestion = {
  message: 'May this be sent?',
  context: { draft, customer: 'c-17' },
  answerSchema: { ...approval, properties: { ...approval.properties, draft: { type: 'string', maxLength: 2_000 } } },
  choices,
};

test('what is approved can be edited first: what was changed is shown line by line, and goes along', async () => {
  const { run, place } = await asks(draftQuestion);
  const { page, faults, goTo, leave } = await signedIn('olga');
  await goTo(`/questions?question=${place}`);
  const field = page.getByRole('textbox', { name: 'draft' });
  await expect.poll(() => field.inputValue()).toBe(draft);
  await page.getByText('draft: as it was proposed').waitFor();
  const edited = draft.replace('Monday', 'Tuesday');
  await field.fill(edited);
  await page.getByText('You have changed draft:').waitFor();
  const changes = page.getByRole('region', { name: 'Changes of draft' });
  await changes.getByText('gone: ').waitFor();
  expect(await changes.locator('p').allTextContents()).toEqual([
    expect.stringContaining('Dear customer,'),
    expect.stringContaining('your parcel is late.'),
    expect.stringMatching(/gone: .*Monday/),
    expect.stringMatching(/new: .*Tuesday/),
    expect.stringContaining('Yours'),
  ]);
  await expectAccessible(page);
  await keepScreenshot(page, 'question-edits');
  await page.getByRole('button', { name: /Approve/ }).click();
  await page.getByText('Your answer is accepted.').waitFor();
  expect(await answersOf(run)).toEqual([['olga', { approve: true, draft: edited }]]);
  expect(faults).toEqual([]);
  await leave();
});

test('what is typed while the gateway is killed and comes back stays, and is sent when it is there again', async () => {
  const { run, place } = await asks(draftQuestion);
  const { page, faults, goTo, leave } = await signedIn('olga', { viewport: phone });
  await goTo(`/questions?question=${place}`);
  const field = page.getByRole('textbox', { name: 'draft' });
  await field.fill('before it went');
  await parts.gateway.kill();
  try {
    await field.fill('while it was away');
    await page.getByRole('button', { name: /Approve/ }).click();
    await page.getByText(/\((?:unreachable|timeout)\)/).waitFor();
    expect(await field.inputValue()).toBe('while it was away');
    await expectAccessible(page);
  } finally {
    await parts.gateway.start();
  }
  await field.fill('once it was back');
  await page.reload();
  await expect.poll(() => field.inputValue()).toBe('once it was back');
  await page.getByRole('button', { name: /Approve/ }).click();
  await page.getByText('Your answer is accepted.').waitFor();
  expect(await answersOf(run)).toEqual([['olga', { approve: true, draft: 'once it was back' }]]);
  expect(faults).toEqual([]);
  await leave();
});

/** A desktop of the test's own: what it is told to show, and whether the page is in sight. */
const desktopOfATest = `(() => {
  const shown = [];
  globalThis.batonDesktop = { shown, isOutOfSight: false };
  class Notice extends EventTarget {
    static permission = 'granted';
    static async requestPermission() {
      return 'granted';
    }
    constructor(title, { body, tag }) {
      super();
      shown.push({ title, body, tag, notice: this });
    }
    close() {}
  }
  Object.defineProperty(globalThis, 'Notification', { value: Notice, writable: true });
  Object.defineProperty(document, 'visibilityState', {
    get: () => (globalThis.batonDesktop.isOutOfSight ? 'hidden' : 'visible'),
  });
})()`;

const noticesOf = (page: Page, run: string) =>
  page.evaluate<{ title: string; body: string; tag: string }[]>(
    `batonDesktop.shown.filter(({ tag }) => tag.startsWith(${JSON.stringify(run)})).map(({ title, body, tag }) => ({ title, body, tag }))`,
  );

test('a question that comes while the page is out of sight is told by the desktop, and leads to its answer', async () => {
  const { page, context, faults, goTo, leave } = await signedIn('olga');
  await context.grantPermissions(['notifications']);
  await page.addInitScript({ content: desktopOfATest });
  await goTo('/questions');
  await page.getByRole('button', { name: 'Desktop notices', exact: true }).click();
  const off = page.getByRole('button', { name: 'No more desktop notices' });
  await off.waitFor();
  // What comes while somebody looks, he sees.
  const before = await asks(draftQuestion);
  await page.locator(`[data-question="${before.place}"]`).waitFor();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  await page.evaluate('batonDesktop.isOutOfSight = true');
  const { run, place } = await asks(draftQuestion);
  await expect
    .poll(() => noticesOf(page, run))
    .toEqual([{ title: 'Baton asks', body: 'May this be sent?', tag: place }]);
  expect(await noticesOf(page, before.run)).toEqual([]);
  await page.evaluate(
    `batonDesktop.shown.find(({ tag }) => tag === ${JSON.stringify(place)}).notice.dispatchEvent(new Event('click'))`,
  );
  await page.waitForURL(/\/questions\?question=/);
  await page.getByRole('article', { name: new RegExp(run) }).waitFor();
  // Told once, and no more when it was turned off.
  await off.click();
  const later = await asks(draftQuestion);
  await page.locator(`[data-question="${later.place}"]`).waitFor();
  expect(await noticesOf(page, later.run)).toEqual([]);
  expect(await noticesOf(page, run)).toHaveLength(1);
  expect(faults).toEqual([]);
  await leave();
});

test('where the browser has been told to show no notices, the button says so', async () => {
  const { page, faults, goTo, leave } = await signedIn('olga');
  await page.addInitScript({
    content: "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })",
  });
  await goTo('/questions');
  await page.getByText('The browser has been told to show none').waitFor();
  expect(await page.getByRole('button', { name: 'Desktop notices', exact: true }).isDisabled()).toBe(true);
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await leave();
});
