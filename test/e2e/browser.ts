/** A real Chromium, and what a person's page says in it: faults, what its policy forbade, what its eyes see. */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { findChromium, whatToInstall } from '../../server/install-chromium.mjs';

export type { Page } from 'playwright-core';

export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 800 };

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const screenshots = join(import.meta.dirname, '..', '..', 'docs', 'console', 'screens');

/** The page says on its console what its policy has forbidden. */
const tellPolicy = `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
  console.error('policy: ' + violatedDirective + ' ' + blockedURI + ' ' + sourceFile))`;

export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(whatToInstall);
  // As root, which tests in a container are, Chromium runs only without its sandbox.
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Faults on the page's console, uncaught errors, and what the policy of the page has forbidden. */
  readonly faults: string[];
  readonly goTo: (path: string) => Promise<void>;
  readonly leave: () => Promise<void>;
}

export interface PersonOptions {
  /** Signs in by the form before anything else. */
  token?: string;
  viewport?: { width: number; height: number };
  theme?: 'light' | 'dark';
}

/** Somebody with a browser of their own: nothing is shared with anybody else's. */
export async function newPerson(browser: Browser, url: string, options: PersonOptions = {}): Promise<Person> {
  const { viewport = desktop, theme = 'light', token } = options;
  const context = await browser.newContext({ viewport, colorScheme: theme, baseURL: url, timezoneId: 'Europe/Berlin' });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // Whoever comes before the gateway is back, or without a token, is told so by the page; the browser notes it, too.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection to/.test(message.text()))
      faults.push(message.text());
  });
  await page.addInitScript({ content: tellPolicy });
  const goTo = async (path: string) => void (await page.goto(path));
  if (token !== undefined) {
    await goTo('/sign-in');
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL((address) => address.pathname !== '/sign-in');
  }
  return { page, context, faults, goTo, leave: () => context.close() };
}

/** WCAG 2.2 A and AA, as axe sees it. */
export async function expectAccessible(page: Page): Promise<void> {
  // Put there from outside: the page's policy lets no foreign script in.
  await page.evaluate(await readFile(axeFile, 'utf8'));
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const found = await axe.run({ runOnly: tags });
    interface Violation {
      id: string;
      help: string;
      nodes: { html: string; failureSummary?: string }[];
    }
    return found.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map(({ html }) => html).slice(0, 3),
    }));
  });
  expect(violations, page.url()).toEqual([]);
}

/** Kept in docs/, one of each screen; they are written anew when they are asked for, so that a test run changes no file. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (process.env['BATON_SCREENSHOTS'] === undefined) return;
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
