/** The one client of the page: everything that the console knows comes through it. */
import { BatonClient } from '../../client/index.ts';
import { renewToken } from './openid.ts';
import { settings } from './settings.ts';
import { currentToken } from './token.ts';

async function freshToken(): Promise<string> {
  if (settings.oidc !== null) await renewToken();
  return currentToken();
}

export const client = new BatonClient({
  url: new URL('/', window.location.href),
  name: 'console',
  ...(settings.authentication && { token: freshToken }),
});
