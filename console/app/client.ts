/** The one client of the page: everything that the console knows comes through it. */
import { BatonClient } from '../../client/index.ts';
import { renewToken } from './openid.ts';
import { settings } from './settings.ts';
import { tellSignedOut } from './signed-out.ts';
import { currentToken } from './token.ts';

async function freshToken(): Promise<string> {
  if (settings.oidc !== null) await renewToken();
  return currentToken();
}

/** A token that was fresh a moment ago and is not taken will not be. */
const attentiveFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.status === 401) tellSignedOut();
  return response;
};

export const client = new BatonClient({
  url: new URL('/', window.location.href),
  name: 'console',
  ...(settings.authentication && { token: freshToken, fetch: attentiveFetch }),
});
