/** Encryption at rest: nothing that people or agents say stands in the clear on the disk, and keys can be changed. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signals } from '../../protocol/execution.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { createDataConverter, keyRingOf } from '../../runtime/data-converter.ts';
import { PayloadEncryption } from '../../runtime/payload-encryption.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { Api, startTestGateway, type Json, type TestGateway } from '../harness/gateway.ts';
import { startOwnTemporal, type OwnTemporal } from '../harness/own-temporal.ts';
import { word } from './planted/agents/planter/contract.ts';
import { until } from '../harness/until.ts';
import { answer, blobOf, inFolders, linesOf, plant, plugins, wordsOf, type Planted } from './planted/planted-runs.ts';

const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const [first, second] = [newKey('first'), newKey('second')];

let temporal: OwnTemporal;
let dataDir: string;
const logs = new Map<string, RunEvent[]>();

beforeAll(async () => {
  temporal = await startOwnTemporal();
  dataDir = await mkdtemp(join(tmpdir(), 'baton-encrypted-'));
});

afterAll(async () => {
  await temporal.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function gatewayWith(keys: string | null, settings: Record<string, string> = {}, worker = true): Promise<TestGateway> {
  return startTestGateway({
    worker,
    plugins,
    settings: {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      BATON_DATA_DIR: dataDir,
      BATON_TASK_QUEUE: 'encrypted',
      // Empty is none, whatever the other tests run with.
      BATON_ENCRYPTION_KEYS: keys ?? '',
      ...settings,
    },
  });
}

async function within<T>(starting: Promise<TestGateway>, use: (api: Api, gateway: TestGateway) => Promise<T>) {
  const gateway = await starting;
  try {
    return await use(new Api(gateway.url), gateway);
  } finally {
    await gateway.stop();
  }
}

async function logOf(api: Api, run: string): Promise<RunEvent[]> {
  return (await api.get(`/v1/runs/${run}/events?limit=5000`)).body['events'] as RunEvent[];
}

describe('encryption at rest, in the life of an installation', () => {
  const planted = new Map<string, Planted>();

  const plantWith = (keys: string | null, mark: string) =>
    within(gatewayWith(keys), async (api, { baton }) => {
      const found = await plant(api, baton, mark, inFolders([temporal.dataDir, dataDir]));
      planted.set(mark, found);
      for (const run of found.all) logs.set(run, await logOf(api, run));
      return found;
    });

  it('finds every planted word without keys: the search can fail', async () => {
    const { onDisk } = await plantWith(null, 'plain');
    expect(onDisk).toEqual(wordsOf('plain'));
  });

  it('finds none of them with a key, neither in the database nor in payloads or blobs', async () => {
    const { onDisk } = await plantWith(first, 'first');
    expect(onDisk).toEqual([]);
  });

  it('encrypts with a new key, and reads the runs of the old one and those of before', async () => {
    const { onDisk } = await plantWith(`${second},${first}`, 'second');
    expect(onDisk).toEqual([]);
    await within(gatewayWith(`${second},${first}`), async (api) => {
      for (const [run, log] of logs) expect(await logOf(api, run), run).toEqual(log);
      const { body } = await api.get('/v1/runs?limit=100');
      expect((body['items'] as Json[]).filter(({ lastSeq }) => lastSeq === 0)).toEqual([]);
      for (const [mark, { completed }] of planted) {
        const { body: stored } = await api.get(`/v1/runs/${completed}/blobs/${blobOf(logs.get(completed) ?? [])}`);
        expect(stored['text']).toContain(word(mark, 'stored'));
        expect(await linesOf(api, completed)).toContain(word(mark, 'field'));
      }
    });
  });

  it('says which key is missing, still lists the runs, and takes them up again once the key is back', async () => {
    const open = await within(gatewayWith(first), async (api) => {
      const run = await api.script([{ script: [{ do: 'ask' }, { do: 'emit', count: 1 }] }]);
      await api.eventsUntil(run, ({ type }) => type === 'question.asked');
      return run;
    });
    const pending = await within(gatewayWith(first, {}, false), (api) =>
      api.script([{ script: [{ do: 'emit', count: 1 }] }]),
    );
    for (const keys of [second, null])
      await within(gatewayWith(keys), async (api) => {
        for (const path of ['', '/events', '/stream'])
          expect(await api.get(`/v1/runs/${open}${path}`)).toMatchObject({
            status: 503,
            body: {
              code: 'key_missing',
              detail: expect.stringMatching(/key first, .*BATON_ENCRYPTION_KEYS/) as string,
            },
          });
        const { status, body } = await api.get('/v1/runs?limit=100');
        expect(status).toBe(200);
        await until('a run that no worker here can take up', async () => {
          const { body: stuck } = await api.get('/v1/runs?status=stuck');
          return (stuck['items'] as Json[]).some(({ id }) => id === pending);
        });
        const listed = (body['items'] as Json[]).map(({ id }) => id);
        expect(listed).toEqual(expect.arrayContaining([open, ...logs.keys()]));
        for (const mark of keys === null ? ['plain'] : ['plain', 'second'])
          for (const run of planted.get(mark)?.all ?? []) expect(await logOf(api, run)).toEqual(logs.get(run));
      });
    await within(gatewayWith(`${second},${first}`), async (api) => {
      await answer(api, open, { yes: true });
      for (const run of [open, pending]) expect((await api.eventsToEnd(run)).at(-1)?.type).toBe('run.completed');
    });
  });

  it('takes a payload that was altered for a malformed one: the run goes on, and its log stays whole', async () => {
    await within(gatewayWith(first), async (api, { baton }) => {
      const run = await api.script([{ script: [{ do: 'ask' }] }]);
      await api.eventsUntil(run, ({ type }) => type === 'question.asked');
      const sealed = new PayloadEncryption(keyRingOf(baton.config)).seal(defaultPayloadConverter.toPayload({ n: 1 }));
      const data = Buffer.from(sealed.data ?? []);
      data.writeUInt8(data.readUInt8(20) ^ 1, 20);
      const client = connectTemporal(baton.config, createDataConverter(baton.config));
      for (const signalName of [signals.emit, signals.answer])
        await client.workflowService.signalWorkflowExecution({
          namespace: 'default',
          workflowExecution: { workflowId: run },
          signalName,
          input: { payloads: [{ ...sealed, data }] },
        });
      await client.connection.close();
      await answer(api, run, { yes: true });
      const events = await api.eventsToEnd(run);
      expect(events.at(-1)?.type).toBe('run.completed');
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect((await baton.metrics.seqMismatch.get()).values[0]?.value ?? 0).toBe(0);
    });
  });

  it('does not give out a blob that was altered', async () => {
    const run = planted.get('first')?.completed ?? '';
    const ref = blobOf(logs.get(run) ?? []);
    const entries = await readdir(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true });
    const [file = ''] = entries.filter(({ name }) => name === ref).map((entry) => join(entry.parentPath, entry.name));
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 40) ^ 1, bytes.length - 40);
    await writeFile(file, bytes);
    await within(gatewayWith(first, {}, false), async (api) => {
      const { status, body } = await api.get(`/v1/runs/${run}/blobs/${ref}`);
      expect({ status, code: body['code'] }).toEqual({ status: 500, code: 'payload_unreadable' });
    });
  });
});

describe('the codec endpoint', () => {
  const tokens = { AUTH_TOKEN: 'olga:ops:o-token,carl:client:c-token', CORS_ORIGINS: 'https://temporal.example' };
  const toJson = ({ metadata, data }: ReturnType<PayloadEncryption['seal']>) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  });
  const plain = toJson(defaultPayloadConverter.toPayload({ secret: 'tern' }));

  it('is for ops alone, and for pages of the origins that are allowed', async () => {
    await within(gatewayWith(first, tokens, false), async (_api, { url }) => {
      const body = { payloads: [plain] };
      for (const path of ['/v1/codec/encode', '/v1/codec/decode']) {
        expect((await new Api(url).post(path, body)).status).toBe(401);
        expect((await new Api(url, 'c-token').post(path, body)).status).toBe(403);
        expect((await new Api(url, 'o-token').post(path, body)).status).toBe(200);
      }
      const page = { origin: 'https://temporal.example' };
      const preflight = await fetch(`${url}/v1/codec/decode`, {
        method: 'OPTIONS',
        headers: { ...page, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-namespace' },
      });
      expect(preflight.headers.get('access-control-allow-origin')).toBe(page.origin);
      expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-namespace');
      const strange = await new Api(url, 'o-token').post('/v1/codec/decode', body, { origin: 'https://evil.example' });
      expect(strange.status).toBe(403);
    });
  });

  it('encodes as payloads are stored, decodes what is stored, and says of a broken one what is wrong', async () => {
    await within(gatewayWith(`${second},${first}`, tokens, false), async (_api, { url }) => {
      const api = new Api(url, 'o-token');
      const encoded = (await api.post('/v1/codec/encode', { payloads: [plain] })).body['payloads'] as (typeof plain)[];
      expect(encoded[0]?.metadata).toMatchObject({
        encoding: btoa('binary/encrypted'),
        'encryption-key-id': btoa('second'),
      });
      expect(atob(encoded[0]?.data ?? '')).not.toContain('tern');
      const other = new PayloadEncryption(keyRingOf({ BATON_ENCRYPTION_KEYS: newKey('third') }));
      const foreign = toJson(other.seal(defaultPayloadConverter.toPayload(1)));
      const old = new PayloadEncryption(keyRingOf({ BATON_ENCRYPTION_KEYS: first }));
      const stored = toJson(old.seal(defaultPayloadConverter.toPayload({ old: true })));
      const { body } = await api.post('/v1/codec/decode', { payloads: [...encoded, foreign, stored, plain] });
      const decoded = body['payloads'] as (typeof plain & { metadata: Record<string, string> })[];
      expect(decoded.map(({ data }) => data)).toEqual([plain.data, foreign.data, btoa('{"old":true}'), plain.data]);
      expect(atob(decoded[1]?.metadata['baton-unreadable'] ?? '')).toMatch(/^key_missing: .*third/);
    });
  });

  it('refuses what is no list of payloads', async () => {
    await within(gatewayWith(first, tokens, false), async (_api, { url }) => {
      const api = new Api(url, 'o-token');
      for (const body of [{}, { payloads: 1 }, { payloads: [{ data: '%%' }] }, { payloads: [{ metadata: { a: 1 } }] }])
        expect((await api.post('/v1/codec/decode', body)).status, JSON.stringify(body)).toBe(422);
    });
  });
});
