/** Bundles of histories that the engine has really written (test/histories/recorded), taken apart and altered. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { payloadDecoder } from '../../runtime/data-converter.ts';
import { folderBlobStore } from '../../stores/blobs/folder-blob-store.ts';
import { BundleError } from './bundle-error.ts';
import { StoredHistories } from './stored-histories.ts';
import { unpackBundle } from './unpack-bundle.ts';
import { bundleLines, bundleStream, type BundleSource } from './write-bundle.ts';

const recorded = join(import.meta.dirname, '..', '..', 'test', 'histories', 'recorded');
const run = 'script-resumed';
let root: string;
let whole: Buffer;
let source: BundleSource;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'baton-bundle-test-'));
  const executions = await Promise.all(
    ['2', '1'].map(async (number) => {
      const file = join(recorded, `${run}.${number}.json`);
      const { events } = historyFromJSON(JSON.parse(await readFile(file, 'utf8')));
      return { runId: events?.[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId ?? '', file };
    }),
  );
  const blobs = folderBlobStore(join(root, 'blobs'));
  await blobs.put(run, Buffer.from('{"password":"hunter2","pages":3}'), 'application/json');
  await blobs.put(run, Buffer.from([0, 1, 2, 255]), 'application/octet-stream');
  await blobs.put(run, new Uint8Array(), 'text/plain');
  const service = new StoredHistories(run, 'script', executions);
  source = {
    run,
    blueprint: 'script',
    runIds: executions.map(({ runId }) => runId),
    now: { isStuck: false, pending: [], forks: [{ run: 'fork-1', status: 'completed' }] },
    reading: { service, decode: payloadDecoder({}), readStored: () => Promise.reject(new Error('nothing is stored')) },
    blobs,
    open: (payload) => payload,
    redacts: true,
  };
  whole = await bytesOf(source);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function bytesOf(from: BundleSource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bundleStream(from)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function unpack(bytes: Buffer) {
  const file = join(root, `${++count}.baton`);
  await writeFile(file, bytes);
  return await unpackBundle(file, join(root, `out-${count}`));
}

const linesOf = (bytes: Buffer) => gunzipSync(bytes).toString('utf8').split('\n').slice(0, -1);
const repacked = (lines: readonly string[]) => gzipSync(`${lines.join('\n')}\n`);

describe('a bundle', () => {
  it('has the histories as Temporal writes them, the log, the state and the blobs', async () => {
    const bundle = await unpack(whole);
    expect(bundle.header).toMatchObject({ format: 1, run, blueprint: 'script', redacted: true });
    expect(bundle.now.forks).toEqual([{ run: 'fork-1', status: 'completed' }]);
    expect(bundle.executions.map(({ runId }) => runId)).toEqual(source.runIds);
    for (const [index, { file }] of bundle.executions.entries()) {
      const history = historyFromJSON(JSON.parse(await readFile(file, 'utf8')));
      const original = historyFromJSON(JSON.parse(await readFile(join(recorded, `${run}.${2 - index}.json`), 'utf8')));
      expect(history.events?.length).toBe(original.events?.length);
      expect(history.events?.at(-1)?.eventType).toBe(original.events?.at(-1)?.eventType);
    }
    const events = (await readFile(join(bundle.folder, 'events.ndjson'), 'utf8')).trim().split('\n');
    expect(events.map((line) => (JSON.parse(line) as RunEvent).seq)).toEqual(events.map((_, index) => index + 1));
    const state = JSON.parse(await readFile(join(bundle.folder, 'state.json'), 'utf8')) as { status: string };
    expect(state).toMatchObject({ id: run, status: 'completed', lastSeq: events.length });
    expect(bundle.blobs.map(({ bytes }) => bytes).toSorted((a, b) => a - b)).toEqual([0, 4, 35]);
  });

  it('has no secrets, unless they are wanted', async () => {
    expect(gunzipSync(whole).toString('utf8')).not.toContain(Buffer.from('hunter2').toString('base64').slice(0, 8));
    const blobOf = async (bytes: Buffer) => {
      const { folder, blobs } = await unpack(bytes);
      const ref = blobs.find(({ type }) => type === 'application/json')?.ref ?? '';
      return await readFile(join(folder, 'blobs', ref), 'utf8');
    };
    expect(await blobOf(whole)).toBe('{"password":"[redacted]","pages":3}');
    expect(await blobOf(await bytesOf({ ...source, redacts: false }))).toBe('{"password":"hunter2","pages":3}');
  });

  it('holds a page of the run at a time', async () => {
    const lines = bundleLines(source);
    const first = await lines.next();
    expect(JSON.parse(String(first.value))).toMatchObject({ bundle: { run } });
    await lines.return();
  });
});

describe('a bundle that was altered is refused', () => {
  const refusal = async (bytes: Buffer) => {
    const error: unknown = await unpack(bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BundleError);
    return (error as BundleError).message;
  };

  it('naming the entry, wherever a value was changed', async () => {
    const lines = linesOf(whole);
    const places = lines.flatMap((line, index) => (line.startsWith('{"entry"') ? [index] : []));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.nat(), async (index, at) => {
        const line = lines[index] ?? '';
        const name = /^\{"entry":"([^"]+)"/.exec(line)?.[1] ?? '';
        const from = line.indexOf(',') + 1;
        const position = from + (at % (line.length - from));
        const letter = line[position] === 'x' ? 'y' : 'x';
        const changed = line.slice(0, position) + letter + line.slice(position + 1);
        const message = await refusal(repacked(lines.with(index, changed)));
        expect(message).toMatch(/is not what was exported/);
        // A line whose structure is broken is known by its number.
        expect(message.includes(name) || message.includes(`line ${index + 1}`)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('where an entry is missing, was added, or stands in another order', async () => {
    const lines = linesOf(whole);
    const isBlob = (line: string) => line.startsWith('{"entry":"blobs/');
    const missing = lines.findIndex(isBlob);
    expect(await refusal(repacked(lines.toSpliced(missing, 1)))).toMatch(/entry blobs\/\w+-\w+ is missing/);
    const events = lines.flatMap((line, index) => (line.startsWith('{"entry":"events.ndjson"') ? [index] : []));
    const [a = 0, b = 0] = events;
    expect(await refusal(repacked(lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '')))).toMatch(
      /entry events.ndjson/,
    );
    const added = `{"entry":"blobs/${'0'.repeat(64)}-00000000","type":"text/plain","base64":""}`;
    expect(await refusal(repacked(lines.toSpliced(1, 0, added)))).toMatch(/was added/);
    expect(await refusal(repacked(lines.toSpliced(1, 0, '{"entry":"../../x","value":1}')))).toMatch(/line 2/);
  });

  it('where its header or its manifest was changed, and where it was cut off', async () => {
    const lines = linesOf(whole);
    expect(
      await refusal(repacked(lines.with(0, (lines[0] ?? '').replace('"redacted":true', '"redacted":false')))),
    ).toMatch(/header or its manifest/);
    expect(await refusal(repacked(lines.slice(0, -1)))).toMatch(/cut off/);
    expect(await refusal(whole.subarray(0, whole.length - 20))).toMatch(/cut off|damaged/);
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(whole.length >> 1) ^ 0xff, whole.length >> 1);
    await refusal(flipped);
    expect(await refusal(Buffer.from('hello'))).toMatch(/no bundle/);
    expect(await refusal(gzipSync('{}\n'))).toMatch(/no bundle/);
    expect(await refusal(gzipSync(''))).toMatch(/no bundle/);
  });

  it('where it is newer than this version, which says so', async () => {
    const lines = linesOf(whole);
    const newer = (lines[0] ?? '').replace('"format":1', '"format":9');
    expect(await refusal(repacked(lines.with(0, newer)))).toMatch(/format 9/);
  });
});
