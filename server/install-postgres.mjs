// @ts-check
/** PostgreSQL for the tests that need a real one. Plain JavaScript: runs before the packages are there. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installPackage } from './install-package.mjs';

/** Where packages put what they do not put on PATH; `*` is a version. */
const usualFolders = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql*/bin',
  '/usr/local/opt/postgresql*/bin',
];

export const whatToInstall =
  'PostgreSQL 12 or newer is needed (its programs initdb, postgres and pg_dump). Install it, with `apt-get install postgresql` or ' +
  '`brew install postgresql@17`, or put the folder of its programs on PATH.';

/**
 * The folder of PostgreSQL's programs, the newest where there are several; null where there is none.
 *
 * @param {{ path?: string | undefined, folders?: readonly string[] }} [where]
 * @returns {string | null}
 */
export function findPostgres({ path = process.env['PATH'], folders = usualFolders } = {}) {
  const onPath = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...onPath, ...folders.flatMap(versions)].find(hasPrograms) ?? null;
}

/** @param {string} folder */
function hasPrograms(folder) {
  return ['initdb', 'postgres', 'pg_dump'].every((program) => existsSync(join(folder, program)));
}

/** @param {string} pattern one `*` at most. Newest first. */
function versions(pattern) {
  const parts = pattern.split('/');
  const place = parts.findIndex((part) => part.includes('*'));
  const above = parts.slice(0, place).join('/');
  if (place < 0 || !existsSync(above)) return place < 0 ? [pattern] : [];
  const [before = '', after = ''] = (parts[place] ?? '').split('*');
  return readdirSync(above)
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .toSorted((one, other) => other.localeCompare(one, 'en', { numeric: true }))
    .map((name) => join(above, name, ...parts.slice(place + 1)));
}

/**
 * Installs it where it is missing and this may be done. Where it is not or fails, the tests say what is needed.
 *
 * @param {{ path?: string | undefined, folders?: readonly string[], isRoot?: boolean, say?: (line: string) => void }} [where]
 */
export async function installPostgres({ folders, ...where } = {}) {
  const there = findPostgres({ ...('path' in where && { path: where.path }), ...(folders && { folders }) });
  if (there === null) await installPackage('postgresql', 'PostgreSQL, which tests need', where);
}
