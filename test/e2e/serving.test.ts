/** How the console comes to a browser: small, kept, under a strict policy; and what hostile text does in it: nothing. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProduct, type Product } from '../harness/product.ts';
import { unique } from '../harness/temporal-server.ts';
import { newPerson, openBrowser } from './browser.ts';

/** Of what is transferred until the first screen stands, gzipped. */
const firstLoadBytes = 300 * 1_024;

let product: Product;
let browser: Browser;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await product.stop();
});

const head = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(product.url + path, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const assets = async () =>
  [...(await head('/')).text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');

describe('the page', () => {
  test('has a policy that lets no foreign script, frame or address in, with a nonce of its own each time', async () => {
    const [first, second] = await Promise.all([head('/'), head('/runs/some:run/events?seq=3')]);
    const policy = first.headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"])
      expect(policy.split('; ')).toContain(directive);
    expect(policy).not.toMatch(/unsafe|\*/);
    const nonce = (text: string) => /nonce="([^"]+)"/.exec(text)?.[1];
    expect(nonce(first.text)).toMatch(/^[\w+/]{20,}=*$/);
    expect(nonce(first.text)).not.toBe(nonce(second.text));
    expect(policy).toContain(`'nonce-${nonce(first.text)}'`);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.text).not.toMatch(/<script(?![^>]*src=)/);
  });

  test('has files that browsers keep for good, compressed as they like', async () => {
    const files = await assets();
    expect(files.length).toBeGreaterThan(2);
    const script = files.find((path) => path.endsWith('.js')) ?? '';
    const br = await head(script, { 'accept-encoding': 'gzip, br' });
    expect([br.status, br.headers.get('content-encoding')]).toEqual([200, 'br']);
    expect(br.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const plain = await head(script, { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.text).toBe(br.text);
    const again = await head(script, { 'if-none-match': br.headers.get('etag') ?? '' });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await head('/assets/nothing.js')).status).toBe(404);
    expect((await head('/assets/..%2Findex.html')).status).toBe(404);
  });

  test(`is less than ${firstLoadBytes / 1_024} KB at the first visit, gzipped`, async () => {
    const { page, goTo, leave } = await newPerson(browser, product.url);
    const loaded: string[] = [];
    page.on('requestfinished', (request) => {
      if (new URL(request.url()).pathname.startsWith('/assets/')) loaded.push(request.url());
    });
    await goTo('/runs');
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    await page.waitForLoadState('networkidle');
    let bytes = 0;
    for (const url of new Set(loaded)) {
      const { headers } = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
      bytes += Number(headers.get('content-length'));
    }
    console.log(`first load: ${(bytes / 1_024).toFixed(1)} KB of ${loaded.length} files`);
    expect(loaded.length).toBeGreaterThan(2);
    expect(bytes).toBeLessThan(firstLoadBytes);
    await leave();
  });

  test('says of a run that is not there that it is not, and offers the list; of an address, too', async () => {
    const { page, faults, goTo, leave } = await newPerson(browser, product.url);
    await goTo('/runs/nobody-has-begun-this');
    await page.getByRole('heading', { name: 'No such run' }).waitFor();
    await page.getByRole('link', { name: 'All runs' }).click();
    await page.waitForURL(/\/runs$/);
    expect((await head('/no/such/page')).status).toBe(404);
    expect(faults).toEqual([]);
    await leave();
  });
});

test('a broken policy is reported, counted and logged', async () => {
  const report = { 'csp-report': { 'violated-directive': 'script-src', 'blocked-uri': 'inline' } };
  const { status } = await fetch(`${product.url}/console/csp-reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/csp-report' },
    body: JSON.stringify(report),
  });
  expect(status).toBe(204);
  const metrics = (await head('/metrics')).text;
  expect(metrics).toMatch(/^baton_console_policy_reports_total 1$/m);
});

test('hostile text in whatever a run says is text, on every screen', async () => {
  const evil = `<img src=x onerror="window.stolen=1"><script>window.stolen=1</script>[go](javascript:window.stolen=1)`;
  const id = unique('evil');
  const { status } = await product.api.post('/v1/runs', {
    blueprint: 'request-rooms',
    id,
    input: { userQuery: evil, context: { askFirst: true, [evil]: evil } },
  });
  expect(status).toBe(201);
  const before = policyReports((await head('/metrics')).text);
  const { page, faults, goTo, leave } = await newPerson(browser, product.url);
  for (const path of [
    `/runs/${id}`,
    `/runs/${id}/events`,
    `/runs/${id}/data`,
    '/runs',
    '/questions',
    `/runs?q=${encodeURIComponent(evil)}`,
  ]) {
    await goTo(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate('window.stolen'), path).toBeUndefined();
    expect(await page.locator('img[src="x"], a[href^="javascript"]').count(), path).toBe(0);
  }
  expect(faults).toEqual([]);
  expect(policyReports((await head('/metrics')).text)).toBe(before);
  await leave();
});

function policyReports(metrics: string): string | undefined {
  return /^baton_console_policy_reports_total (\d+)$/m.exec(metrics)?.[1];
}
