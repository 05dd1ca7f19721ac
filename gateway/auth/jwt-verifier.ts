/**
 * JWTs: HS256/384/512 with `AUTH_JWT_SECRET`, RS, PS, ES and EdDSA with the keys at `AUTH_JWKS_URL`. An algorithm is only ever
 * checked with its own kind of key. `sub` is the principal, `roles` (a list, or a string with spaces) its roles; with
 * `task_id` the token is good for that one task of the dialect `scam`, as a client.
 *
 * What needs no keys from elsewhere is verified at once, so that a socket with a wrong token can be refused in the turn
 * in which it asks to be upgraded.
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
import jwt, { type Algorithm, type VerifyOptions } from 'jsonwebtoken';
import { BatonError } from '../../protocol/errors.ts';
import { dialectIdPattern, principalCharacters } from '../../protocol/limits.ts';
import type { Config } from '../../runtime/config.ts';
import type { Identity } from './identity.ts';

const symmetric: Algorithm[] = ['HS256', 'HS384', 'HS512'];
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

/** Throws, or rejects where keys have to be fetched. Errors: unauthenticated, keys_unavailable. */
export function jwtVerifier(settings: JwtSettings): (token: string) => Identity | Promise<Identity> {
  const secret = settings.AUTH_JWT_SECRET ?? null;
  const keySet = settings.AUTH_JWKS_URL === undefined ? null : remoteKeys(settings.AUTH_JWKS_URL);
  const issuer = settings.AUTH_JWT_ISSUER;
  const audience = settings.AUTH_JWT_AUDIENCE;
  const expected = { ...(issuer === undefined ? {} : { issuer }), ...(audience === undefined ? {} : { audience }) };

  return (token) => {
    try {
      const { alg, crit } = decodeProtectedHeader(token);
      const isSymmetric = symmetric.some((known) => known === alg);
      // What a token says must be understood is not, by us.
      if (crit !== undefined) throw new BatonError('unauthenticated', "the token's header asks for too much");
      if (isSymmetric && secret !== null) return identityOf(verifyNow(token, secret, expected));
      if (!isSymmetric && keySet) return verifyWithKeys(token, keySet, expected);
    } catch (error) {
      throw asBatonError(error);
    }
    throw new BatonError('unauthenticated', "the token's algorithm is not taken here");
  };
}

function verifyNow(token: string, secret: string, expected: Pick<VerifyOptions, 'issuer' | 'audience'>): JWTPayload {
  const payload = jwt.verify(token, secret, { ...expected, algorithms: symmetric });
  if (typeof payload === 'string') throw new BatonError('unauthenticated', 'the token makes no claims');
  return payload as JWTPayload;
}

async function verifyWithKeys(token: string, keySet: JWTVerifyGetKey, expected: JWTVerifyOptions): Promise<Identity> {
  try {
    const options = { ...expected, requiredClaims: ['sub'], algorithms: asymmetric };
    return identityOf((await jwtVerify(token, keySet, options)).payload);
  } catch (error) {
    throw asBatonError(error);
  }
}

function identityOf({ sub, exp, roles, task_id: task }: JWTPayload): Identity {
  // The type says a string; whoever signs may have put anything there.
  const claim: unknown = sub;
  if (typeof claim !== 'string' || claim === '') throw new BatonError('unauthenticated', 'the token has no subject');
  const identity = identityFor(claim, exp, roles);
  if (task === undefined || task === null) return identity;
  if (typeof task !== 'string' || !dialectIdPattern.test(task))
    throw new BatonError('unauthenticated', "the token's task_id is no id");
  const { principal, expiresAtMs } = identity;
  const kept = principal.roles.some((role) => role === 'client' || role === 'ops') ? ['client'] : [];
  return { principal: { ...principal, roles: kept, onlyTask: task }, expiresAtMs };
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
  if (error instanceof errors.JWTExpired || error instanceof jwt.TokenExpiredError)
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
