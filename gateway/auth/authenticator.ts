/** Who somebody is, from the token they bring. */
import type { Config } from '../../runtime/config.ts';
import { BatonError } from '../../protocol/errors.ts';
import { allRoles, type Identity } from './identity.ts';
import { jwtVerifier } from './jwt-verifier.ts';
import { staticTokens } from './static-tokens.ts';

export interface Authenticator {
  /** False: everybody is `anonymous`, with all roles. */
  readonly isOn: boolean;
  /** Answers at once where nothing has to be verified elsewhere. Errors: unauthenticated, keys_unavailable. */
  identify(token: string | null): Identity | Promise<Identity>;
}

const anonymous: Identity = {
  principal: { name: 'anonymous', roles: allRoles, authenticated: false },
  expiresAtMs: null,
};

export function createAuthenticator(config: Config): Authenticator {
  if (!config.authenticationOn) return { isOn: false, identify: () => anonymous };
  const tokens = config.AUTH_TOKEN === undefined ? null : staticTokens(config.AUTH_TOKEN);
  const verify =
    config.AUTH_JWT_SECRET === undefined && config.AUTH_JWKS_URL === undefined ? null : jwtVerifier(config);
  return {
    isOn: true,
    identify(token) {
      if (token === null || token === '')
        throw new BatonError('unauthenticated', 'send Authorization: Bearer TOKEN, or ?token=TOKEN');
      const known = tokens?.(token);
      if (known) return known;
      if (verify) return verify(token);
      throw new BatonError('unauthenticated', 'the token is not known here');
    },
  };
}
