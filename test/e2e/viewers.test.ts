/** What agents have made, as people can read it: images, documents, tables and code; and HTML as the text that it is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desktop, expectAccessible, keepScreenshot, newPerson, phone, type Page, type Person } from './browser.ts';
import { startPartsWithPage, type PartsWithPage } from './parts-with-page.ts';

const markdown = `# Findings

Two pages are **broken**, see [the list](https://example.com/list) and ![a plan](https://example.com/plan.png).

| page | status |
|---|---|
| /a | 404 |

- [x] looked at
- [link](javascript:window.stolen=1)

<img src=x onerror="window.stolen=1">
`;
const html = '<h1>Hello</h1>\n<script>window.stolen = 1</script>\n<img src=x onerror="window.stolen=1">\n';
const code = "export const answer = (question: string): number => {\n  return question === 'all' ? 42 : 0;\n};\n";
const table = [
  { page: '/a', status: 404, ok: false },
  { page: '/b', status: 200, ok: true },
];
/** One blue pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg==';
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" onload="parent.stolen=1"><script>parent.stolen=1</script><rect width="20" height="20"/></svg>`;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const store = (name: string, type: string, bytes: string) => ({ do: 'store', name, type, base64: bytes });

let parts: PartsWithPage;
let run: string;
beforeAll(async () => {
  parts = await startPartsWithPage();
  run = await parts.api.script([
    {
      script: [
        store('pixel.png', 'image/png', png),
        store('plan.svg', 'image/svg+xml', base64(svg)),
        store('report.md', 'text/markdown', base64(markdown)),
        store('page.html', 'text/html; charset=utf-8', base64(html)),
        store('answer.ts', 'text/x-typescript', base64(code)),
        store('table.json', 'application/json', base64(JSON.stringify(table))),
        store('thing.bin', 'application/octet-stream', base64('\u0000\u0001')),
      ],
    },
    { script: [{ do: 'return', value: table }] },
    { script: [{ do: 'return', value: markdown }] },
  ]);
  await parts.api.eventsToEnd(run);
});
afterAll(() => parts.stop());

/** Of what is stored: its place in the page, opened. */
async function opened(page: Page, name: string) {
  const item = page.getByRole('region', { name: 'Stored values' }).getByRole('listitem').filter({ hasText: name });
  await item.getByRole('button', { name: 'Show' }).click();
  return item;
}

async function findArtifacts({ page, goTo }: Person): Promise<void> {
  await goTo(`/runs/${run}/data`);
  await page.getByRole('button', { name: 'Look through the events for artifacts' }).click();
  await page.getByText('answer.ts').waitFor();
}

const isInert = async (page: Page) => {
  expect(await page.evaluate('window.stolen')).toBeUndefined();
  expect(await page.locator('img[src="x"], a[href^="javascript"], img[src^="https:"]').count()).toBe(0);
};

test('what is stored is shown as what it is: an image, a document, a table, code; what nothing can show says so', async () => {
  const person = await newPerson(parts.browser, parts.url);
  const { page, faults, leave } = person;
  await findArtifacts(person);
  for (const name of ['pixel.png', 'plan.svg']) {
    const image = (await opened(page, name)).getByRole('img', { name });
    const width = () => image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth);
    await expect.poll(width).toBeGreaterThan(0);
  }
  const report = (await opened(page, 'report.md')).getByRole('region', { name: 'report.md' });
  await report.getByText('broken').waitFor();
  expect(await report.getByText('broken').evaluate(({ tagName }) => tagName)).toBe('STRONG');
  expect(await report.getByRole('cell', { name: '/a' }).count()).toBe(1);
  const link = report.getByRole('link', { name: 'the list' });
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
  // It is named, but not fetched from there.
  await report.getByText('[image: a plan, https://example.com/plan.png]').waitFor();
  const rows = (await opened(page, 'table.json')).getByRole('table').getByRole('row');
  await expect.poll(() => rows.allTextContents()).toEqual(['pagestatusok', '/a404false', '/b200true']);
  const source = await opened(page, 'answer.ts');
  await source.getByText('export const answer').waitFor();
  expect(await source.locator('pre').allTextContents()).toEqual(['1\n2\n3\n4', code]);
  const download = page.waitForEvent('download');
  await source.getByRole('button', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toBe('answer.ts');
  const thing = page.getByRole('listitem').filter({ hasText: 'thing.bin' });
  await thing.getByText('Nothing here can show this type').waitFor();
  await isInert(page);
  await expectAccessible(page);
  await keepScreenshot(page, 'viewers');
  expect(faults).toEqual([]);
  await leave();
});

test('HTML is text: nothing of it is carried out or fetched', async () => {
  const person = await newPerson(parts.browser, parts.url);
  const { page, faults, leave } = person;
  await findArtifacts(person);
  const source = await opened(page, 'page.html');
  await source.getByText('<script>window.stolen = 1</script>').waitFor();
  await source.getByLabel('How page.html is shown').selectOption('Text');
  await source.getByText('<h1>Hello</h1>').waitFor();
  expect(await page.getByRole('heading', { name: 'Hello' }).count()).toBe(0);
  await isInert(page);
  expect(faults).toEqual([]);
  await leave();
});

test.each([
  ['light', desktop],
  ['dark', phone],
] as const)('the result of a step is a table, and that of the run has all of it (%s)', async (theme, viewport) => {
  const { page, faults, goTo, leave } = await newPerson(parts.browser, parts.url, { theme, viewport });
  await goTo(`/runs/${run}/timeline?selectedStep=scripted%232`);
  const step = page.getByRole('region', { name: 'Step scripted#2' });
  await step.getByText('Result', { exact: true }).click();
  await step.getByRole('columnheader', { name: 'status' }).waitFor();
  await step.getByLabel('How Result of scripted#2 is shown').selectOption('Tree');
  await step.getByRole('button', { name: '[2]' }).waitFor();
  await expectAccessible(page);
  await goTo(`/runs/${run}/timeline?selectedStep=scripted%233`);
  const written = page.getByRole('region', { name: 'Step scripted#3' });
  await written.getByText('Result', { exact: true }).click();
  // A text that is a document is shown as one.
  await written.getByText('broken').waitFor();
  await expectAccessible(page);
  await goTo(`/runs/${run}/data`);
  await page.getByRole('region', { name: 'Result of the run' }).getByText('Findings').waitFor();
  await isInert(page);
  await expectAccessible(page);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
  expect(faults).toEqual([]);
  await leave();
});
