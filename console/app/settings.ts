/** What the gateway writes into the page, for what must be known before anybody has signed in. */
export interface Settings {
  /** Whether a token is needed. */
  authentication: boolean;
  /** The OpenID provider that people sign in with; null: by a token alone. */
  oidc: { authority: string; clientId: string; scope: string; token: 'access_token' | 'id_token' } | null;
}

export const settings: Settings = read();

function read(): Settings {
  const written = document.querySelector<HTMLMetaElement>('meta[name="baton-settings"]')?.content ?? '';
  // `npm run dev:console` serves the page without a gateway's hand in it.
  return written.startsWith('{') ? (JSON.parse(written) as Settings) : { authentication: false, oidc: null };
}
