import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { externalPayloadBytes } from '../../protocol/limits.ts';
import type { Config } from '../../runtime/config.ts';
import { createDataConverter, payloadDecoder } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { folderName } from '../../stores/blobs/folder-name.ts';
import { temporalAddress, temporalNamespace, testConfig, unique } from '../harness/temporal-server.ts';

let config: Config;
let client: Client;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  config = testConfig({ BATON_DATA_DIR: await mkdtemp(join(tmpdir(), 'baton-payloads-')) });
  const dataConverter = createDataConverter(config);
  client = connectTemporal(config, dataConverter);
  worker = await Worker.create({
    connection: await NativeConnection.connect({ address: temporalAddress() }),
    namespace: temporalNamespace(),
    taskQueue: config.BATON_TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./echo-workflow.ts', import.meta.url)),
    activities: { grow: async (text: string) => text + text },
    dataConverter,
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await client.connection.close();
  await rm(config.dataDir, { recursive: true, force: true });
});

const megabytes = (count: number) => 'äbcdefgh'.repeat((count * 1024 * 1024) / 9);

async function rawPayloads(run: string): Promise<Payload[]> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: temporalNamespace(),
    execution: { workflowId: run },
  });
  return (history?.events ?? []).flatMap((event) => [
    ...(event.workflowExecutionStartedEventAttributes?.input?.payloads ?? []),
    ...(event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? []),
    ...(event.activityTaskCompletedEventAttributes?.result?.payloads ?? []),
    ...(event.workflowExecutionCompletedEventAttributes?.result?.payloads ?? []),
  ]);
}

test('an input of 3 MB, a result of 6 MB and a signal of 3 MB pass through Temporal, and the history stays small', async () => {
  const run = unique('large');
  const text = megabytes(3);
  const handle = await client.workflow.start('echo', {
    workflowId: run,
    taskQueue: config.BATON_TASK_QUEUE,
    args: [{ text, signal: true }],
  });
  await handle.signal('say', text);
  const result = (await handle.result()) as { grown: string; signalled: string };
  expect(result.grown).toBe(text + text);
  expect(result.signalled).toBe(text);

  const payloads = await rawPayloads(run);
  expect(payloads).toHaveLength(4);
  for (const payload of payloads) expect(payload.data?.length ?? 0).toBeLessThan(1_024);
  const decode = payloadDecoder(createDataConverter(config));
  const decoded = await Promise.all(payloads.map((payload) => decode(payload)));
  expect(decoded).toEqual(expect.arrayContaining([{ text, signal: true }, text + text, text, result]));
  const stored = readdirSync(join(config.dataDir, 'payloads', folderName(run)));
  // Signal and activity have the same text. In the clear it is stored once; each encryption of it is another file.
  if (config.BATON_ENCRYPTION_KEYS === undefined) expect(stored).toHaveLength(4);
  else expect(stored.length).toBeGreaterThanOrEqual(5);
});

test('a small payload stays in the history and is decoded without waiting', async () => {
  const run = unique('small');
  const args = [{ text: 'hällo', signal: false }] as const;
  await client.workflow.execute('echo', { workflowId: run, taskQueue: config.BATON_TASK_QUEUE, args: [...args] });
  const decode = payloadDecoder(createDataConverter(config));
  const payloads = await rawPayloads(run);
  expect(payloads.map((payload) => decode(payload))).toEqual([
    args[0],
    'hällohällo',
    { grown: 'hällohällo', signalled: '' },
  ]);
});

test('the threshold is where the limit says: a payload just under it stays inline', async () => {
  const run = unique('threshold');
  const text = 'x'.repeat(externalPayloadBytes / 2 - 200);
  await client.workflow.execute('echo', {
    workflowId: run,
    taskQueue: config.BATON_TASK_QUEUE,
    args: [{ text, signal: false }],
  });
  const inline = (await rawPayloads(run)).map((payload) => payload.data?.length ?? 0);
  expect(inline.every((length) => length > externalPayloadBytes / 2 - 200)).toBe(true);
});

test('a reference that this store has not written is refused, and reads no file', async () => {
  const decode = payloadDecoder(createDataConverter(config));
  const reference = {
    driverName: 'folder',
    claimData: { folder: '../..', hash: 'a'.repeat(64) },
  };
  const payload: Payload = {
    metadata: {
      encoding: Buffer.from('json/protobuf'),
      messageType: Buffer.from('temporal.api.sdk.v1.ExternalStorageReference'),
    },
    data: Buffer.from(JSON.stringify(reference)),
  };
  await expect(decode(payload)).rejects.toThrow('a payload reference that this driver has not written');
});

test('an inline payload is decoded at once: a log has tens of thousands, and a promise for each takes its time', () => {
  const decode = payloadDecoder(createDataConverter(config));
  const event = { type: 'agent.emitted', at: '2026-01-01T00:00:00.000Z', data: { kind: 'page' } };
  const payload: Payload = {
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from(JSON.stringify(event)),
  };
  expect(decode(payload)).toEqual(event);
});
