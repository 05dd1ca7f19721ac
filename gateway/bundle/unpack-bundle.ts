/** Reads a bundle, checks every digest of it, and lays it out in a folder. */
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { z } from 'zod';
import type { BlobRef } from '../../protocol/schemas/event.ts';
import {
  blobNamePattern,
  bundleFormat,
  EntryDigests,
  entryNames,
  headerSchema,
  historyNamePattern,
  isEntryName,
  lineSchema,
  manifestSchema,
  nowSchema,
  wholeDigest,
  type BundleHeader,
  type BundleNow,
} from './bundle-format.ts';
import { BundleError } from './bundle-error.ts';
import { linesOf } from './lines-of.ts';

export interface UnpackedBundle {
  header: BundleHeader;
  digest: string;
  folder: string;
  /** Oldest first. */
  executions: { runId: string; file: string }[];
  blobs: BlobRef[];
  now: BundleNow;
}

/** Throws a `BundleError` that names the first entry which is not as it was exported. What was laid out until then stays. */
export async function unpackBundle(file: string, folder: string): Promise<UnpackedBundle> {
  const layout = new Layout(folder);
  try {
    const { header, digest } = await readLines(file, layout);
    const now = nowSchema.parse(await layout.now());
    return { header, digest, folder, executions: layout.executions(), blobs: layout.blobs(), now };
  } finally {
    await layout.close();
  }
}

async function readLines(file: string, layout: Layout): Promise<{ header: BundleHeader; digest: string }> {
  const digests = new EntryDigests();
  let headerLine: Buffer | null = null;
  let manifest: z.infer<typeof manifestSchema> | null = null;
  let header: BundleHeader | null = null;
  let count = 0;
  for await (const line of unzippedLines(file)) {
    count++;
    if (manifest !== null) throw altered('there is more after its end');
    const { bundle, manifest: end, ...rest } = parse(line, count);
    if (headerLine === null || header === null) {
      headerLine = line;
      header = readHeader(bundle);
    } else if (end !== undefined) {
      const parsed = manifestSchema.safeParse(end);
      if (!parsed.success) throw altered('its manifest');
      manifest = parsed.data;
    } else {
      const parsed = lineSchema.safeParse(rest);
      if (!parsed.success || !isEntryName(parsed.data.entry)) throw altered(`line ${count}`);
      digests.take(parsed.data.entry, line);
      await layout.take(parsed.data);
    }
  }
  if (headerLine === null || header === null) throw new BundleError('this is no bundle: it is empty');
  if (manifest === null) throw new BundleError('the bundle was cut off: it has no manifest at its end');
  requireSame(digests, manifest, headerLine);
  return { header, digest: manifest.digest };
}

async function* unzippedLines(file: string): AsyncGenerator<Buffer, void, undefined> {
  const source = createReadStream(file);
  const unzipped = createGunzip();
  source.on('error', (error) => unzipped.destroy(error));
  try {
    yield* linesOf(source.pipe(unzipped));
  } catch (error) {
    if (error instanceof BundleError || !(error instanceof Error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw new BundleError(`${file} cannot be read: ${error.message}`, { cause: error });
    if (code === 'Z_BUF_ERROR') throw new BundleError('the bundle was cut off', { cause: error });
    if (code?.startsWith('Z_') === true)
      throw new BundleError(`this is no bundle, or a damaged one: ${error.message}`, { cause: error });
    throw error;
  } finally {
    source.destroy();
  }
}

function parse(line: Buffer, count: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (count === 1) throw new BundleError('this is no bundle');
  const entry = /^\{"entry":"([\w./-]{1,200})"/.exec(line.subarray(0, 300).toString('latin1'))?.[1];
  throw altered(entry === undefined ? `line ${count}` : `entry ${entry}`);
}

function readHeader(bundle: unknown): BundleHeader {
  const parsed = headerSchema.safeParse(bundle);
  if (!parsed.success) throw new BundleError('this is no bundle');
  if (parsed.data.format > bundleFormat)
    throw new BundleError(
      `the bundle has format ${parsed.data.format}, this version of Baton knows ${bundleFormat}: use Baton ${parsed.data.version}`,
    );
  return parsed.data;
}

function requireSame(digests: EntryDigests, manifest: z.infer<typeof manifestSchema>, headerLine: Buffer): void {
  const found = new Map(digests.entries().map((entry) => [entry.name, entry]));
  for (const { name, lines, sha256 } of manifest.entries) {
    const entry = found.get(name);
    if (!entry) throw altered(`entry ${name} is missing`);
    if (entry.sha256 !== sha256 || entry.lines !== lines) throw altered(`entry ${name}`);
    found.delete(name);
  }
  const [added] = found.keys();
  if (added !== undefined) throw altered(`entry ${added} was added`);
  if (wholeDigest(headerLine, manifest.entries) !== manifest.digest) throw altered('its header or its manifest');
}

function altered(what: string): BundleError {
  return new BundleError(`the bundle is not what was exported: ${what}`);
}

type Line = z.infer<typeof lineSchema>;

/** The files of a folder, as lines come. */
class Layout {
  private readonly folder: string;
  private readonly files = new Map<string, { handle: FileHandle; lines: number; bytes: number; type: string }>();

  constructor(folder: string) {
    this.folder = folder;
  }

  async take(line: Line): Promise<void> {
    const file = await this.fileOf(line.entry);
    if (line.base64 !== undefined) {
      const piece = Buffer.from(line.base64, 'base64');
      file.type = line.type;
      file.bytes += piece.length;
      await file.handle.appendFile(piece);
      return;
    }
    const json = JSON.stringify(line.value);
    if (historyNamePattern.test(line.entry))
      await file.handle.appendFile(`${file.lines === 0 ? '{"events":[' : ','}\n${json}`);
    else await file.handle.appendFile(`${json}\n`);
    file.lines++;
  }

  async now(): Promise<unknown> {
    await this.close();
    if (!this.files.has(entryNames.now)) throw altered(`entry ${entryNames.now} is missing`);
    return JSON.parse(await readFile(join(this.folder, entryNames.now), 'utf8'));
  }

  executions(): UnpackedBundle['executions'] {
    return [...this.files.keys()].toSorted().flatMap((name) => {
      const runId = historyNamePattern.exec(name)?.[2];
      return runId === undefined ? [] : [{ runId, file: join(this.folder, name) }];
    });
  }

  blobs(): BlobRef[] {
    return [...this.files].flatMap(([name, { bytes, type }]) => {
      const ref = blobNamePattern.exec(name)?.[1];
      return ref === undefined ? [] : [{ ref, bytes, type }];
    });
  }

  private isClosed = false;

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const [name, { handle }] of this.files) {
      if (historyNamePattern.test(name)) await handle.appendFile('\n]}\n');
      await handle.close();
    }
  }

  private async fileOf(name: string) {
    const known = this.files.get(name);
    if (known) return known;
    const path = join(this.folder, name);
    await mkdir(dirname(path), { recursive: true });
    const made = { handle: await open(path, 'wx'), lines: 0, bytes: 0, type: 'application/octet-stream' };
    this.files.set(name, made);
    return made;
  }
}
