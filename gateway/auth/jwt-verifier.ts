/**
 * JWTs: HS256/384/512 with `AUTH_JWT_SECRET`, RS, PS, ES and EdDSA with the keys at `AUTH_JWKS_URL`. An algorithm is only ever
 * checked with its own kind of key. `sub` is the principal, `roles` (a list, or a string with spaces) its roles.
 */
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import { BatonError } from '../../protocol/errors.ts';
import { principalCharacters } from '../../protocol/limits.ts';
import type { Config } from '../../runtime/config.ts';
import type { Identity } from './identity.ts';

const symmetric = ['HS256', 'HS384', 'HS512'];
const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

type JwtSettings = Pick<Config, 'AUTH_JWT_SECRET' | 'AUTH_JWKS_URL' | 'AUTH_JWT_ISSUER' | 'AUTH_JWT_AUDIENCE'>;

/** Errors: unauthenticated, keys_unavailable. */
export function jwtVerifier(settings: JwtSettings): (token: string) => Promise<Identity> {
  const secret = settings.AUTH_JWT_SECRET === undefined ? null : new TextEncoder().encode(settings.AUTH_JWT_SECRET);
  const keySet = settings.AUTH_JWKS_URL === undefined ? null : remoteKeys(settings.AUTH_JWKS_URL);
  const expected: JWTVerifyOptions = { requiredClaims: ['sub'] };
  if (settings.AUTH_JWT_ISSUER !== undefined) expected.issuer = settings.AUTH_JWT_ISSUER;
  if (settings.AUTH_JWT_AUDIENCE !== undefined) expected.audience = settings.AUTH_JWT_AUDIENCE;

  const verify = async (token: string): Promise<JWTPayload> => {
    const isSymmetric = symmetric.includes(decodeProtectedHeader(token).alg ?? '');
    if (isSymmetric && secret) return (await jwtVerify(token, secret, { ...expected, algorithms: symmetric })).payload;
    if (!isSymmetric && keySet)
      return (await jwtVerify(token, keySet, { ...expected, algorithms: asymmetric })).payload;
    throw new BatonError('unauthenticated', "the token's algorithm is not taken here");
  };

  return async (token) => {
    try {
      return identityOf(await verify(token));
    } catch (error) {
      throw asBatonError(error);
    }
  };
}

function identityOf({ sub, exp, roles }: JWTPayload): Identity {
  // The type says a string; whoever signs may have put anything there.
  const claim: unknown = sub;
  if (typeof claim !== 'string' || claim === '') throw new BatonError('unauthenticated', 'the token has no subject');
  return identityFor(claim, exp, roles);
}

function identityFor(sub: string, exp: number | undefined, roles: unknown): Identity {
  if (sub.length > principalCharacters || !sub.isWellFormed() || /\p{Cc}/u.test(sub)) {
    throw new BatonError(
      'unauthenticated',
      `the token's subject is no name: at most ${principalCharacters} characters, none of them a control character`,
    );
  }
  return {
    principal: { name: sub, roles: readRoles(roles), authenticated: true },
    expiresAtMs: exp === undefined ? null : exp * 1_000,
  };
}

function readRoles(claim: unknown): string[] {
  if (claim === undefined || claim === null) return ['client'];
  const roles = typeof claim === 'string' ? claim.split(' ') : claim;
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === 'string'))
    throw new BatonError('unauthenticated', "the token's roles are not a list of names");
  return roles.filter((role) => role !== '');
}

function asBatonError(error: unknown): BatonError {
  if (error instanceof BatonError) return error;
  if (error instanceof errors.JWTExpired)
    return new BatonError('unauthenticated', 'the token has expired: get a new one');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new BatonError('unauthenticated', `the token's claim ${error.claim} is not as it must be`);
  return new BatonError('unauthenticated', 'the token is not valid', {}, { cause: error });
}

/** Keys that cannot be fetched say nothing about the token: whoever brings it may try again. */
function remoteKeys(url: string): JWTVerifyGetKey {
  const keySet = createRemoteJWKSet(new URL(url));
  return async (header, token) => {
    try {
      return await keySet(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new BatonError(
        'keys_unavailable',
        'the keys at AUTH_JWKS_URL cannot be fetched now: try again',
        {},
        {
          cause: error,
        },
      );
    }
  };
}
