/** Whoever comes to the console: by token, by an OpenID provider, with the role that they have, and back to where they were. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProduct, type Product } from '../harness/product.ts';
import { expectAccessible, keepScreenshot, newPerson, openBrowser, phone, type Page } from './browser.ts';
import { audience, consoleClient, startIdentityProvider, type IdentityProvider } from './identity-provider.ts';

/** More than the console renews a token before its end: it has to be renewed a few seconds after it was given. */
const tokenSeconds = 63;

let browser: Browser;
let product: Product;
let provider: IdentityProvider;
beforeAll(async () => {
  const redirectUris = ['http://127.0.0.1/signed-in'];
  provider = await startIdentityProvider({
    redirectUris,
    roles: { olga: ['ops'], carl: ['client'] },
    tokenSeconds,
  });
  [browser, product] = await Promise.all([
    openBrowser(),
    startProduct(
      {
        AUTH_TOKEN: 'ops:ops:secret-ops,ann:client:secret-ann,hugo:human:secret-hugo',
        AUTH_JWKS_URL: provider.keysUrl,
        AUTH_JWT_ISSUER: provider.issuer,
        AUTH_JWT_AUDIENCE: audience,
        BATON_OIDC_ISSUER: provider.issuer,
        BATON_OIDC_CLIENT_ID: consoleClient,
      },
      { token: 'secret-ops' },
    ),
  ]);
});
afterAll(async () => {
  await browser.close();
  await product.stop();
  await provider.stop();
});

/** As the provider's own pages have it. */
async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('whatever');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

const places = (page: Page) => page.getByRole('navigation', { name: 'Console' }).getByRole('link').allTextContents();

describe('by a token', () => {
  test('one comes back to the place that was asked for, and a wrong token is told beside its field', async () => {
    const { page, faults, goTo, leave } = await newPerson(browser, product.url);
    await goTo('/runs?status=failed');
    await page.waitForURL(/\/sign-in/);
    await expectAccessible(page);
    await keepScreenshot(page, 'sign-in');
    await page.getByLabel('Token').fill('nobody');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('This token is not known here, or has expired.').waitFor();
    await page.getByLabel('Token').fill('secret-ops');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(/\/runs\?status=failed/);
    expect(faults).toEqual([]);
    await leave();
  });

  test('one sees what the role can do, and nothing else', async () => {
    const ops = await newPerson(browser, product.url, { token: 'secret-ops' });
    await expect.poll(() => places(ops.page)).toEqual(expect.arrayContaining(['Failures', 'Jobs', 'System']));
    const ann = await newPerson(browser, product.url, { token: 'secret-ann', viewport: phone, theme: 'dark' });
    await expect.poll(() => places(ann.page)).toEqual(expect.arrayContaining(['Start', 'Runs']));
    expect(await places(ann.page)).not.toEqual(expect.arrayContaining(['System']));
    await expectAccessible(ann.page);
    await Promise.all([ops.leave(), ann.leave()]);
  });

  test('signing out leaves nothing behind', async () => {
    const { page, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-ann' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in/);
    const kept = await page.evaluate('JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)])');
    expect(kept).not.toContain('secret');
    await goTo('/runs');
    await page.waitForURL(/\/sign-in/);
    await leave();
  });
});

describe('by an OpenID provider', () => {
  test('one signs in with a code and PKCE, comes back to the same place, and stays: the token is renewed', async () => {
    const { page, faults, goTo, leave } = await newPerson(browser, product.url);
    const grants: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/token'))
        grants.push(new URLSearchParams(request.postData() ?? '').get('grant_type') ?? '');
      if (request.url().includes('/auth?')) expect(request.url()).toContain('code_challenge_method=S256');
    });
    await goTo('/system');
    await page.getByRole('button', { name: /^Sign in with/ }).click();
    await signInAs(page, 'olga');
    await page.waitForURL(/\/system/);
    await page.getByText('olga').waitFor();
    // A few seconds later it is due.
    await expect
      .poll(
        async () => {
          await page.getByRole('link', { name: 'Runs', exact: true }).click();
          await page.getByRole('link', { name: 'Start', exact: true }).click();
          return grants;
        },
        { timeout: 30_000 },
      )
      .toContain('refresh_token');
    expect(grants[0]).toBe('authorization_code');
    expect(faults).toEqual([]);
    await leave();
  });

  test('what the provider says is wrong is told, with a way to try again', async () => {
    const { page, goTo, leave } = await newPerson(browser, product.url);
    await goTo('/signed-in?error=access_denied&error_description=not+today&state=nobody');
    await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.waitForURL(/\/sign-in/);
    await leave();
  });
});
