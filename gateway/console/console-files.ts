/** The built console, as console/build.ts left it: read from disk when first asked for, and again when it was built anew. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ConsoleFile {
  type: string;
  /** Quoted, as the header has it. */
  etag: string;
  /** Content encoding → bytes; `identity` is always there. */
  encodings: Readonly<Partial<Record<Encoding, Uint8Array>> & { identity: Uint8Array }>;
}

export type Encoding = 'br' | 'gzip' | 'identity';

const folder = fileURLToPath(new URL('../../dist/console/', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const known = new Map<string, { modifiedAtMs: number; file: ConsoleFile }>();

/** null where there is no such file, or the console has not been built. */
export async function consoleFile(name: string): Promise<ConsoleFile | null> {
  // Names of the build have no folders and no dots in front: whatever else is asked for is not there.
  if (basename(name) !== name || name.startsWith('.')) return null;
  const path = join(folder, name === 'index.html' ? '' : 'assets', name);
  const modifiedAtMs = await stat(path).then(
    (found) => (found.isFile() ? found.mtimeMs : null),
    () => null,
  );
  if (modifiedAtMs === null) return null;
  const before = known.get(path);
  if (before?.modifiedAtMs === modifiedAtMs) return before.file;
  const file = await read(path);
  known.set(path, { modifiedAtMs, file });
  return file;
}

async function read(path: string): Promise<ConsoleFile> {
  const identity = await readFile(path);
  const [br, gzip] = await Promise.all(['.br', '.gz'].map((ending) => readFile(path + ending).catch(() => undefined)));
  return {
    type: types[extname(path)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`,
    encodings: { identity, ...(br && { br }), ...(gzip && { gzip }) },
  };
}

/** The best encoding that the client takes and the file has. */
export function chooseEncoding({ encodings }: ConsoleFile, acceptEncoding: string): Encoding {
  const accepted = new Set(
    acceptEncoding
      .split(',')
      .map((part) => part.trim().toLowerCase())
      .filter((part) => !/;\s*q=0(?:\.0*)?$/.test(part))
      .map((part) => part.replace(/;.*/, '').trim()),
  );
  const takes = (encoding: Encoding) => encodings[encoding] !== undefined && accepted.has(encoding);
  if (takes('br')) return 'br';
  return takes('gzip') ? 'gzip' : 'identity';
}
