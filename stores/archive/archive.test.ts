import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchivedRun } from './archived-run.ts';
import { folderObjects } from './folder-objects.ts';
import type { ObjectStore } from './object-store.ts';
import { RunArchive } from './run-archive.ts';
import { s3Objects } from './s3-objects.ts';
import { s3PlaceOf } from './s3-place.ts';

const secret = 'a secret';
const bytesOf = (text: string) => new TextEncoder().encode(text);
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A store that speaks like S3: keys sorted by bytes, pages of three, every signature checked. */
class TinyS3 {
  readonly objects = new Map<string, Buffer>();
  /** Answers that go wrong before the next right one. */
  faults: number[] = [];
  requests = 0;
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then(([status, body]) => response.writeHead(status).end(body));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage): Promise<[number, string | Buffer]> {
    this.requests++;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const fault = this.faults.shift();
    if (fault !== undefined) return [fault, '<Error><Code>SlowDown</Code><Message>later</Message></Error>'];
    const url = new URL(request.url ?? '', 'http://s3.test');
    if (!isSigned(request, url)) return [403, '<Error><Code>SignatureDoesNotMatch</Code></Error>'];
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
    if (bucket !== 'kept') return [404, '<Error><Code>NoSuchBucket</Code></Error>'];
    const key = rest.join('/');
    if (url.searchParams.get('list-type') === '2') return [200, this.list(url.searchParams)];
    const found = this.objects.get(key);
    if (request.method === 'GET') return found ? [200, found] : [404, '<Error><Code>NoSuchKey</Code></Error>'];
    if (request.method === 'DELETE') this.objects.delete(key);
    else if (request.headers['x-amz-content-sha256'] !== sha256(body)) return [400, '<Error><Code>XAmz</Code></Error>'];
    else this.objects.set(key, body);
    return [request.method === 'DELETE' ? 204 : 200, ''];
  }

  private list(query: URLSearchParams): string {
    const [prefix, after] = [query.get('prefix') ?? '', query.get('start-after') ?? ''];
    const all = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
    const page = all.slice(0, Math.min(3, Number(query.get('max-keys'))));
    const contents = page.map((key) => `<Contents><Key>${key.replaceAll('&', '&amp;')}</Key></Contents>`).join('');
    return `<ListBucketResult><IsTruncated>${page.length < all.length}</IsTruncated>${contents}</ListBucketResult>`;
  }
}

/** Signature Version 4, computed as its document says. */
function isSigned({ method = '', headers }: IncomingMessage, url: URL): boolean {
  const [, id, day, region, names = '', given] =
    /Credential=([^/]+)\/(\d+)\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (id !== 'key-1' || headers['x-amz-security-token'] !== 'a token' || !names.includes('x-amz-security-token'))
    return false;
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .toSorted()
    .join('&');
  const lines = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const hash = String(headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD');
  const canonical = [method, url.pathname, query, lines.join(''), names, hash].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const hmac = (key: string | Buffer, value: string) => createHmac('sha256', key).update(value).digest();
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (made, part) => hmac(made, part ?? ''),
    `AWS4${secret}`,
  );
  return hmac(key, text).toString('hex') === given;
}

const s3 = new TinyS3();
let endpoint: string;
let root: string;

const credentials = {
  AWS_ACCESS_KEY_ID: 'key-1',
  AWS_SECRET_ACCESS_KEY: secret,
  AWS_SESSION_TOKEN: 'a token',
  AWS_REGION: 'eu-west-1',
};
const bucketOf = (address: string, environment: Record<string, string> = credentials) =>
  s3Objects(s3PlaceOf(address, { endpoint, environment }));

beforeAll(async () => {
  endpoint = await s3.start();
  root = await mkdtemp(join(tmpdir(), 'baton-archive-'));
});

afterAll(async () => {
  s3.stop();
  await rm(root, { recursive: true, force: true });
});

const stores: [string, (name: string) => ObjectStore][] = [
  ['a folder', (name) => folderObjects(join(root, name))],
  ['a bucket', (name) => bucketOf(`s3://kept/baton-co/${name}`)],
];

const runOf = (run: string, endedAt: string, more: Partial<ArchivedRun> = {}): ArchivedRun => ({
  version: 1,
  run,
  blueprint: 'echo',
  owner: 'ann',
  status: 'completed',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt,
  lastSeq: 2,
  archivedAt: '2026-01-02T00:00:00.000Z',
  executions: [
    {
      runId: 'one',
      firstSeq: 1,
      lastSeq: 2,
      status: 'completed',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt,
      predecessor: null,
      info: '',
      history: { bytes: 1, sha256: '' },
    },
  ],
  blobs: {},
  payloads: {},
  ...more,
});

describe.each(stores)('an archive in %s', (_, open) => {
  it('gives back what was put, replaces, lists in order, and forgets what is removed', async () => {
    const store = open('objects');
    expect(await store.get('a/none')).toBeNull();
    expect(await store.list('a/', { limit: 10 })).toEqual([]);
    for (const key of ['a/3', 'a/1', 'b/1', 'a/2', 'a/deep/er', 'a/4']) await store.put(key, bytesOf(key));
    await store.put('a/1', bytesOf('again'));
    expect(Buffer.from((await store.get('a/1')) ?? []).toString()).toBe('again');
    expect(await store.list('a/', { limit: 10 })).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/deep/er']);
    expect(await store.list('a/', { limit: 2, after: 'a/1' })).toEqual(['a/2', 'a/3']);
    await store.remove('a/1');
    await store.remove('a/1');
    expect(await store.get('a/1')).toBeNull();
  });

  it('lists the run that ended last first, by owner and blueprint, page by page, and each once', async () => {
    const archive = new RunArchive(open('listed'));
    for (const [n, owner] of ['ann', 'bob', 'ann', null, 'ann'].entries())
      await archive.seal(
        runOf(`run-${n}`, `2026-02-0${n + 1}T00:00:00.000Z`, { owner, blueprint: n === 0 ? 'a' : 'b' }),
      );
    const idsOf = async (filter: { owner?: string; blueprint?: string }, limit = 10, cursor?: string) => {
      const { items, nextCursor } = await archive.list(filter, { limit, cursor });
      return { ids: items.map(({ run }) => run), nextCursor };
    };
    expect((await idsOf({})).ids).toEqual(['run-4', 'run-3', 'run-2', 'run-1', 'run-0']);
    expect((await idsOf({ owner: 'ann', blueprint: 'b' })).ids).toEqual(['run-4', 'run-2']);
    const first = await idsOf({ owner: 'ann' }, 2);
    expect(first.ids).toEqual(['run-4', 'run-2']);
    expect(await idsOf({ owner: 'ann' }, 2, String(first.nextCursor))).toEqual({ ids: ['run-0'], nextCursor: null });
    await archive.seal(runOf('run-0', '2026-03-01T00:00:00.000Z'));
    expect((await idsOf({})).ids).toEqual(['run-0', 'run-4', 'run-3', 'run-2', 'run-1']);
  });

  it('removes a run for good', async () => {
    const store = open('removed');
    const archive = new RunArchive(store);
    await archive.putHistory('gone', 'one', bytesOf('history'));
    await archive.putStored('gone', 'blobs', 'b', bytesOf('blob'));
    await archive.seal(runOf('gone', '2026-02-01T00:00:00.000Z'));
    expect(await archive.remove('gone')).toBe(true);
    expect(await archive.find('gone')).toBeNull();
    expect([...(await store.list('runs/', { limit: 10 })), ...(await store.list('ended/', { limit: 10 }))]).toEqual([]);
    expect(await archive.remove('gone')).toBe(false);
  });
});

it('finds that a history, a blob, a payload or the index was altered', async () => {
  const folder = join(root, 'altered');
  const archive = () => new RunArchive(folderObjects(folder));
  const history = await archive().putHistory('r', 'one', bytesOf('history'));
  const blob = await archive().putStored('r', 'blobs', 'b', bytesOf('blob'));
  const payload = sha256('payload');
  await archive().putStored('r', 'payloads', payload, bytesOf('payload'));
  const [execution] = runOf('r', '2026-02-01T00:00:00.000Z').executions;
  if (!execution) throw new Error('no execution');
  const index = runOf('r', '2026-02-01T00:00:00.000Z', { executions: [{ ...execution, history }], blobs: { b: blob } });
  await archive().seal(index);
  const [runFolder = ''] = await readdir(join(folder, 'runs'));
  const readings: [string, () => Promise<unknown>][] = [
    ['histories/one', () => archive().history(index, 'one')],
    ['blobs/b', () => archive().blob('r', 'b')],
    [`payloads/${payload}`, () => archive().payload(runFolder, payload)],
    ['index.json', () => archive().find('r')],
  ];
  for (const [file, read] of readings) {
    await expect(read(), file).resolves.not.toBeNull();
    const path = join(folder, 'runs', runFolder, ...file.split('/'));
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
    await writeFile(path, bytes);
    await expect(read(), file).rejects.toMatchObject({ code: 'archive_damaged' });
  }
});

it('tries again where the bucket is busy, and says so where it stays so, or refuses', async () => {
  const store = bucketOf('s3://kept/busy');
  s3.faults = [503, 500];
  await store.put('a/1', bytesOf('x'));
  expect(s3.objects.has('busy/a/1')).toBe(true);
  s3.faults = [503, 503, 503, 503, 503];
  await expect(store.get('a/1')).rejects.toMatchObject({ code: 'archive_down', message: /503 SlowDown later/ });
  const stranger = bucketOf('s3://kept', { ...credentials, AWS_SECRET_ACCESS_KEY: 'another' });
  await expect(stranger.get('busy/a/1')).rejects.toMatchObject({ code: 'archive_down', message: /403 Signature/ });
  await expect(bucketOf('s3://nobodys').put('a', bytesOf('x'))).rejects.toMatchObject({ code: 'archive_down' });
});

it('a folder of an archive goes with the last that was in it, whatever a crash has left there; others and the root stay', async () => {
  const folder = join(root, 'emptied');
  const objects = folderObjects(`${folder}/`);
  for (const key of ['runs/heron-1/blobs/a', 'runs/heron-1/index.json', 'runs/egret-2/index.json', 'ended/1.heron-1'])
    await objects.put(key, bytesOf(key));
  await writeFile(join(folder, 'runs', 'heron-1', 'blobs', '.unfinished'), 'half');
  await objects.remove('runs/heron-1/index.json');
  expect(await objects.get('runs/heron-1/blobs/a')).toEqual(Buffer.from('runs/heron-1/blobs/a'));
  for (const key of ['runs/heron-1/blobs/a', 'ended/1.heron-1', 'ended/1.heron-1']) await objects.remove(key);
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
    'ended',
    'runs',
    join('runs', 'egret-2'),
    join('runs', 'egret-2', 'index.json'),
  ]);
});
