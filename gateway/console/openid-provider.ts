/** The OpenID provider that people sign in with: which addresses of it the console's page must reach. */
import { z } from 'zod';
import { discoveryRetryMs, discoveryTimeoutMs } from '../../protocol/limits.ts';
import type { Config } from '../../runtime/config.ts';
import type { Log } from '../../runtime/log.ts';

/** As the page is told. */
export interface OpenIdSettings {
  authority: string;
  clientId: string;
  scope: string;
  token: 'access_token' | 'id_token';
}

const discoverySchema = z.looseObject({
  token_endpoint: z.url(),
  userinfo_endpoint: z.url().optional(),
  jwks_uri: z.url().optional(),
  revocation_endpoint: z.url().optional(),
});

export class OpenIdProvider {
  readonly settings: OpenIdSettings;
  readonly #log: Log;
  #origins: Promise<readonly string[]> | null = null;
  #askedAtMs = 0;

  constructor(settings: OpenIdSettings, log: Log) {
    this.settings = settings;
    this.#log = log;
  }

  /**
   * Its own, and those of its endpoints, which may lie elsewhere. Where it does not answer they are asked for again a while
   * later: until then nobody could sign in either.
   */
  origins(nowMs = Date.now()): Promise<readonly string[]> {
    const own = new URL(this.settings.authority).origin;
    if (this.#origins !== null && nowMs - this.#askedAtMs < discoveryRetryMs) return this.#origins;
    this.#askedAtMs = nowMs;
    const before = this.#origins;
    this.#origins = this.#discover().then(
      (found) => [...new Set([own, ...found])],
      (error: unknown) => {
        this.#log.warn({ err: error }, 'the OpenID provider does not tell its addresses');
        return before ?? [own];
      },
    );
    return this.#origins;
  }

  async #discover(): Promise<string[]> {
    const base = this.settings.authority.replace(/\/+$/, '');
    const response = await fetch(`${base}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(discoveryTimeoutMs),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const found = discoverySchema.parse(await response.json());
    const { token_endpoint, userinfo_endpoint, jwks_uri, revocation_endpoint } = found;
    return [token_endpoint, userinfo_endpoint, jwks_uri, revocation_endpoint].flatMap((address) =>
      address === undefined ? [] : [new URL(address).origin],
    );
  }
}

/** null: people sign in by a token alone. */
export function openIdProvider(config: Config, log: Log): OpenIdProvider | null {
  const { BATON_OIDC_ISSUER: authority, BATON_OIDC_CLIENT_ID: clientId } = config;
  if (authority === undefined || clientId === undefined) return null;
  const settings = { authority, clientId, scope: config.BATON_OIDC_SCOPE, token: config.BATON_OIDC_TOKEN };
  return new OpenIdProvider(settings, log);
}
