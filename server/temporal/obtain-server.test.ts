import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listedChecksum } from './download-archive.ts';
import { obtainServer } from './obtain-server.ts';
import { checksumsName, serverVersion, temporalServer } from './version.ts';

const { file: binaryName, goPackage } = temporalServer;

const archiveName = 'temporal_test.tar.gz';
const fromArchive = '#!/bin/sh\necho from the archive\n';
const fromGo = '#!/bin/sh\\necho from go\\n';

let folder: string;
let cacheDir: string;
let release: Server;
let releaseUrl: string;
/** path → body; what is not there is 404. */
let files: Map<string, Buffer | string>;
let requests: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-obtain-'));
  cacheDir = join(folder, 'cache');
  files = new Map();
  requests = [];
  release = createServer((request, response) => {
    requests.push(request.url ?? '');
    const body = files.get(request.url ?? '');
    response.writeHead(body === undefined ? 404 : 200);
    response.end(body);
  });
  release.listen(0, '127.0.0.1');
  await once(release, 'listening');
  const address = release.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  releaseUrl = `http://127.0.0.1:${address.port}`;
});

afterEach(() => {
  release.close();
  rmSync(folder, { recursive: true, force: true });
});

function publish(options: { checksum?: string } = {}): string {
  const content = join(folder, 'content');
  mkdirSync(content);
  writeFileSync(join(content, binaryName), fromArchive);
  chmodSync(join(content, binaryName), 0o755);
  const file = join(folder, archiveName);
  expect(spawnSync('tar', ['-czf', file, '-C', content, binaryName]).status).toBe(0);
  const bytes = readFileSync(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  files.set(`/${archiveName}`, bytes);
  files.set(`/${checksumsName}`, `${options.checksum ?? sha256}  ${archiveName}\n${'0'.repeat(64)}  other.tar.gz\n`);
  return sha256;
}

/** A `go` that writes down how it was called and what GOBIN was, and "builds" the server there. */
function fakeGo(script = `printf '${fromGo}' > "$GOBIN/server"; chmod +x "$GOBIN/server"`): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'go'), `#!/bin/sh\necho "$@" >> "${folder}/go-calls"\n${script}\n`);
  chmodSync(join(bin, 'go'), 0o755);
  return { PATH: `${bin}:/usr/bin:/bin` };
}

function goCalls(): string[] {
  const file = join(folder, 'go-calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function obtain(options: { environment?: NodeJS.ProcessEnv; sha256?: string | null } = {}): Promise<string> {
  return obtainServer({
    cacheDir,
    releaseUrl,
    archive: { name: archiveName, sha256: options.sha256 ?? null },
    environment: options.environment ?? fakeGo(),
    progress: () => undefined,
  });
}

function said(program: string): string {
  return spawnSync(program, [], { encoding: 'utf8' }).stdout.trim();
}

describe('the archive of the release', () => {
  test('is unpacked into the cache folder, and found there the next time', async () => {
    publish();
    const program = await obtain();
    expect(program).toBe(join(cacheDir, `temporal-server-${serverVersion}`, binaryName));
    expect(said(program)).toBe('from the archive');
    requests = [];
    rmSync(join(folder, 'bin'), { recursive: true });
    expect(await obtain()).toBe(program);
    expect(requests).toEqual([]);
    expect(goCalls()).toEqual([]);
  });

  test('is refused with a wrong checksum; Go builds the server then', async () => {
    publish({ checksum: 'a'.repeat(64) });
    const program = await obtain();
    expect(said(program)).toBe('from go');
    expect(goCalls()).toEqual([`install ${goPackage}`]);
  });

  test('is refused when the release lists another checksum than the pinned one', async () => {
    publish();
    const program = await obtain({ sha256: 'b'.repeat(64) });
    expect(said(program)).toBe('from go');
    expect(requests).toEqual([`/${checksumsName}`]);
  });

  test('is taken when it has the pinned checksum', async () => {
    const sha256 = publish();
    expect(said(await obtain({ sha256 }))).toBe('from the archive');
  });

  test('that is not there is followed by Go', async () => {
    expect(said(await obtain())).toBe('from go');
    expect(requests).toEqual([`/${checksumsName}`]);
  });
});

test('nothing is left beside the program in the cache folder but its lock', async () => {
  publish();
  mkdirSync(join(cacheDir, `temporal-server-${serverVersion}`, 'new-cut-off'), { recursive: true });
  await obtain();
  const left = readdirSync(join(cacheDir, `temporal-server-${serverVersion}`)).toSorted();
  expect(left).toEqual(['obtaining.lock', 'obtaining.lock.json', binaryName].toSorted());
});

test('two at once get it once', async () => {
  const environment = fakeGo(`sleep 0.3; printf '${fromGo}' > "$GOBIN/server"; chmod +x "$GOBIN/server"`);
  const [one, other] = await Promise.all([obtain({ environment }), obtain({ environment })]);
  expect(one).toBe(other);
  expect(said(one)).toBe('from go');
  expect(goCalls()).toHaveLength(1);
});

test('where nothing works, one error names all that was tried and what to do', async () => {
  const failure = obtain({ environment: fakeGo('echo "go: no such module" >&2; exit 1') });
  const error = await failure.catch((reason: Error) => reason.message);
  expect(error).toContain('TEMPORAL_ADDRESS: not set');
  expect(error).toContain(`${join(cacheDir, `temporal-server-${serverVersion}`, binaryName)}: not there`);
  expect(error).toContain(`${releaseUrl}/${archiveName}: ${releaseUrl}/${checksumsName} answered 404`);
  expect(error).toContain(`go install ${goPackage}: go: no such module`);
  expect(error).toContain('set TEMPORAL_ADDRESS to a Temporal server that is running');
});

test('without Go the error says so', async () => {
  await expect(obtain({ environment: { PATH: join(folder, 'empty') } })).rejects.toThrow(/Go is not installed/);
});

test('a program that does not run here is not kept', async () => {
  const environment = fakeGo(`printf '#!/bin/sh\\nexit 1\\n' > "$GOBIN/server"; chmod +x "$GOBIN/server"`);
  await expect(obtain({ environment })).rejects.toThrow(/does not run on this machine/);
  expect(existsSync(join(cacheDir, `temporal-server-${serverVersion}`, binaryName))).toBe(false);
});

test('a list of checksums is read with text and binary marks', () => {
  const sum = 'c'.repeat(64);
  expect(listedChecksum(`${sum}  a.tar.gz\n`, 'a.tar.gz')).toBe(sum);
  expect(listedChecksum(`${sum} *a.tar.gz\r\n`, 'a.tar.gz')).toBe(sum);
  expect(listedChecksum(`${sum}  a.tar.gz.asc\n`, 'a.tar.gz')).toBeNull();
});
