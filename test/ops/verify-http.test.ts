/** Verification on the code of the workers, as HTTP and the command line have it; and where payloads are encrypted. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BatonClient } from '../../client/client.ts';
import { createDataConverter, payloadDecoder } from '../../runtime/data-converter.ts';
import { createLog } from '../../runtime/log.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { Replayer } from '../../worker/verify/replayer.ts';
import { verifyRuns } from '../../worker/verify/verify-runs.ts';
import { workflowsFolder } from '../../worker/workflow-bundle.ts';
import { Api, startTestGateway, type TestGateway } from '../harness/gateway.ts';
import { testBlueprints } from '../harness/test-blueprints.ts';

const key = () => randomBytes(32).toString('base64');
let gateway: TestGateway;
let ops: Api;

beforeAll(async () => {
  const settings = {
    AUTH_TOKEN: 'olga:ops:olga-token,ann:client:ann-token',
    BATON_ENCRYPTION_KEYS: `one:${key()}`,
    BATON_BUILD_ID: 'build-9',
    LOG_LEVEL: 'silent',
  };
  gateway = await startTestGateway({ settings });
  ops = new Api(gateway.url, 'olga-token');
});
afterAll(() => gateway.stop());

test('a run is verified on the code of the workers, all its executions, by ops alone', async () => {
  const run = await ops.script([{ script: [{ do: 'emit', count: 1 }] }]);
  await ops.eventsToEnd(run);
  await ops.post(`/v1/runs/${run}/retry`);
  const found = await ops.post(`/v1/runs/${run}/verify`);
  expect(found).toMatchObject({ status: 200, body: { run, verdict: 'same', build: 'build-9' } });
  expect(found.body['executions']).toMatchObject([
    { blueprint: 'script', verdict: 'same', event: null, why: null },
    { blueprint: 'script', verdict: 'same' },
  ]);
  const client = new BatonClient({ url: gateway.url, token: 'olga-token' });
  expect(await client.verify(run)).toMatchObject({ run, verdict: 'same' });
  client.close();

  const ann = new Api(gateway.url, 'ann-token');
  const hers = await ann.script([{ script: [] }]);
  expect(await ann.post(`/v1/runs/${hers}/verify`)).toMatchObject({ status: 403 });
  const job = { blueprint: 'baton-verify', input: { runs: [hers] } };
  expect(await ann.post('/v1/runs', job)).toMatchObject({ status: 403 });
  expect(await ops.post('/v1/runs/nowhere/verify')).toMatchObject({ status: 404 });
  expect(await ops.post('/v1/runs', { blueprint: 'baton-verify', input: {} })).toMatchObject({ status: 422 });
});

test('a run of baton-verify verifies all that fit a filter, and counts', async () => {
  const runs = [await ops.script([{ script: [] }]), await ops.script([{ script: [] }])];
  for (const run of runs) await ops.eventsToEnd(run);
  const input = { filter: { ids: runs } };
  const { body } = await ops.post('/v1/runs', { blueprint: 'baton-verify', input });
  const log = await ops.eventsToEnd(String(body['id']));
  expect(log.at(-1)?.data['result']).toMatchObject({ build: 'build-9', counts: { same: 2 } });
});

test('what is encrypted is verified with its key, told where the blueprint is gone, and unreadable without the key', async () => {
  const run = await ops.script([{ script: [] }]);
  await ops.eventsToEnd(run);
  const { config } = gateway.baton;
  const verdictWith = async (keys: string | undefined, folders: readonly string[]) => {
    const { BATON_ENCRYPTION_KEYS: _, ...rest } = config;
    const other = keys === undefined ? rest : { ...rest, BATON_ENCRYPTION_KEYS: keys };
    const dataConverter = createDataConverter(other);
    const client = connectTemporal(other, dataConverter);
    const replayer = await Replayer.open({ config: other, log: createLog('test', 'silent'), workflows: { folders } });
    const parts = { client, decode: payloadDecoder(dataConverter), replayer };
    for await (const { executions } of verifyRuns([run], parts)) {
      await replayer.close();
      await client.connection.close();
      return executions[0];
    }
    return undefined;
  };
  const right = config.BATON_ENCRYPTION_KEYS;
  expect(await verdictWith(right, testBlueprints)).toMatchObject({ verdict: 'same' });
  expect(await verdictWith(right, [workflowsFolder])).toMatchObject({
    verdict: 'unknown_blueprint',
    why: 'the code has no blueprint script any more',
  });
  for (const wrong of [undefined, `two:${key()}`]) {
    expect(await verdictWith(wrong, testBlueprints)).toMatchObject({
      verdict: 'unreadable',
      why: expect.stringContaining('BATON_ENCRYPTION_KEYS') as string,
    });
  }
});
