/** Signing in with an OpenID provider: authorization code with PKCE, in this page, without a secret. */
import type { UserManager } from 'oidc-client-ts';
import { settings, type Settings } from './settings.ts';
import { forgetToken, keepToken } from './token.ts';

type OpenId = NonNullable<Settings['oidc']>;

/** A token that ends sooner than this is renewed first. */
const renewBeforeSeconds = 60;

let manager: Promise<UserManager> | null = null;
let renewing: Promise<void> | null = null;

/** Leaves the page; the provider sends the browser to /signed-in. `back`: where it then goes on. */
export async function signInAtProvider(back: string): Promise<void> {
  await (await userManager()).signinRedirect({ state: back });
}

/** At /signed-in: takes the code, and returns where to go on. Throws what the provider says is wrong. */
export async function finishSignIn(): Promise<string> {
  const user = await (await userManager()).signinRedirectCallback();
  keep(user);
  return typeof user.state === 'string' ? user.state : '/';
}

/** Before a request: the token is a fresh one afterwards, where the provider gives fresh ones. */
export async function renewToken(): Promise<void> {
  const users = await userManager();
  const user = await users.getUser();
  if (user === null || (user.expires_in ?? Infinity) > renewBeforeSeconds || user.refresh_token === undefined) return;
  renewing ??= users
    .signinSilent()
    .then((renewed) => renewed && keep(renewed))
    // Then the old one is refused, and its bearer signs in again.
    .catch((error: unknown) => console.warn('the token could not be renewed', error))
    .then(() => void (renewing = null));
  await renewing;
}

export async function signOutAtProvider(): Promise<void> {
  await (await userManager()).removeUser();
}

function keep(user: { access_token: string; id_token?: string | undefined }): void {
  const token = openId().token === 'id_token' ? user.id_token : user.access_token;
  if (token === undefined || token === '') forgetToken();
  else keepToken(token, { beyondTab: false });
}

function openId(): OpenId {
  if (settings.oidc === null) throw new Error('there is no OpenID provider');
  return settings.oidc;
}

function userManager(): Promise<UserManager> {
  manager ??= create();
  return manager;
}

async function create(): Promise<UserManager> {
  const { UserManager: Manager, WebStorageStateStore } = await import('oidc-client-ts');
  const { authority, clientId, scope } = openId();
  return new Manager({
    authority,
    client_id: clientId,
    redirect_uri: new URL('/signed-in', window.location.href).href,
    scope,
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: false,
    monitorSession: false,
  });
}
