/** A program of the Temporal server out of the official release. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exitOf } from './exit-of.ts';
import { checksumsName, type ReleaseArchive, type ServerProgram } from './version.ts';

/** A network that swallows packets must not hold up a start for long. */
const answerTimeoutMs = 8_000;
/** No byte for so long ends a download. */
const idleTimeoutMs = 20_000;

export interface ArchiveSource {
  program: ServerProgram;
  releaseUrl: string;
  archive: ReleaseArchive;
  /** Empty; what is downloaded and unpacked goes there. */
  folder: string;
  progress: (text: string) => void;
}

/** Returns the path of the program. Throws with the reason in one line; nothing unverified is ever unpacked. */
export async function downloadArchive(source: ArchiveSource): Promise<string> {
  const { archive, folder, program } = source;
  const listed = listedChecksum(await (await get(`${source.releaseUrl}/${checksumsName}`)).text(), archive.name);
  if (listed === null) throw new Error(`${checksumsName} of the release does not list ${archive.name}`);
  if (archive.sha256 !== null && archive.sha256 !== listed) {
    throw new Error(`${checksumsName} of the release says ${listed} for ${archive.name}, expected ${archive.sha256}`);
  }
  const file = join(folder, archive.name);
  const actual = await download(`${source.releaseUrl}/${archive.name}`, file, (received) =>
    source.progress(`Downloading the ${program.title}: ${received}`),
  );
  if (actual !== listed) throw new Error(`${archive.name} has the SHA-256 ${actual}, expected ${listed}`);
  // Every supported system has a tar; the one of Windows reads zip, too.
  const unpack = spawn('tar', ['-xf', file, '-C', folder, program.file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const { ok, output } = await exitOf(unpack);
  if (!ok) throw new Error(`tar could not unpack ${archive.name}: ${output}`);
  return join(folder, program.file);
}

export function listedChecksum(list: string, name: string): string | null {
  for (const line of list.split('\n')) {
    const [sum, file] = line.trim().split(/\s+\*?/);
    if (file === name && sum !== undefined && /^[0-9a-f]{64}$/i.test(sum)) return sum.toLowerCase();
  }
  return null;
}

async function get(url: string, idle?: AbortController): Promise<Response> {
  const patience = AbortSignal.timeout(answerTimeoutMs);
  const controller = idle ?? new AbortController();
  const abort = (): void => controller.abort(new Error(`no answer within ${answerTimeoutMs / 1_000} s`));
  patience.addEventListener('abort', abort, { once: true });
  try {
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return response;
  } catch (error) {
    throw new Error(reason(error), { cause: error });
  } finally {
    patience.removeEventListener('abort', abort);
  }
}

/** Returns the SHA-256 of what was written. */
async function download(url: string, file: string, progress: (text: string) => void): Promise<string> {
  const idle = new AbortController();
  const response = await get(url, idle);
  if (response.body === null) throw new Error(`${url} answered without a body`);
  const total = Number(response.headers.get('content-length') ?? 0);
  const hash = createHash('sha256');
  let received = 0;
  const stalled = setTimeout(
    () => idle.abort(new Error(`the download stood still for ${idleTimeoutMs / 1_000} s`)),
    idleTimeoutMs,
  );
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      stalled.refresh();
      hash.update(chunk);
      received += chunk.byteLength;
      progress(`${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ''}`);
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(file));
  } catch (error) {
    throw new Error(reason(error), { cause: error });
  } finally {
    clearTimeout(stalled);
  }
  return hash.digest('hex');
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

/** `fetch` hides why it failed in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
