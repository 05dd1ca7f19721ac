/**
 * `AUTH_TOKEN`: one token with all roles, or a comma list `name:role[+role]:token`.
 * Every token is compared, by digests of one length, so that the time taken tells nothing.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { principalCharacters } from '../../protocol/limits.ts';
import { ConfigError } from '../../runtime/config.ts';
import { allRoles, type Identity } from './identity.ts';

/** Roles besides client, human and ops may be named: questions can be addressed to them. */
const entryPattern = /^([^:,\s]+):([A-Za-z][\w-]*(?:\+[A-Za-z][\w-]*)*):(.+)$/;

/** `ann:client:` is an entry whose token is missing, and no token that anybody could guess. */
const looksLikeEntry = /^[^:]*:[^:]*:/;

/** Throws a `ConfigError` that never holds the value itself. */
export function staticTokens(setting: string): (token: string) => Identity | null {
  const known = readEntries(setting).map(({ name, roles, token }) => ({
    digest: digest(token),
    identity: { principal: { name, roles, authenticated: true }, expiresAtMs: null } satisfies Identity,
  }));
  return (token) => {
    const given = digest(token);
    let found: Identity | null = null;
    for (const { digest: expected, identity } of known) if (timingSafeEqual(expected, given)) found = identity;
    return found;
  };
}

function readEntries(setting: string): { name: string; roles: string[]; token: string }[] {
  const parts = setting.split(',').map((part) => part.trim());
  const matches = parts.map((part) => entryPattern.exec(part));
  if (parts.length === 1 && matches[0] === null && !looksLikeEntry.test(setting)) {
    if (!isSendable(setting))
      throw new ConfigError('bad configuration: AUTH_TOKEN: a token is printable ASCII without blanks');
    return [{ name: 'operator', roles: allRoles, token: setting }];
  }
  const entries = matches.map((match, index) => {
    const [, name, roles, token] = match ?? [];
    if (name === undefined || roles === undefined || token === undefined)
      throw new ConfigError(`bad configuration: AUTH_TOKEN: entry ${index + 1} is not name:role[+role]:token`);
    if (name.length > principalCharacters || !/^\P{Cc}+$/u.test(name))
      throw new ConfigError(`bad configuration: AUTH_TOKEN: the name of entry ${index + 1} is no name`);
    return { name, roles: roles.split('+'), token };
  });
  if (entries.some(({ token }) => !isSendable(token)))
    throw new ConfigError('bad configuration: AUTH_TOKEN: a token is printable ASCII without blanks');
  if (new Set(entries.map((entry) => entry.token)).size < entries.length)
    throw new ConfigError('bad configuration: AUTH_TOKEN: two entries have the same token');
  return entries;
}

function isSendable(token: string): boolean {
  return /^[!-~]+$/.test(token);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
