/** A client as the existing apps are: it knows the address and the frames, and nothing of Baton. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api, startTestGateway, type TestGateway } from '../../harness/gateway.ts';
import { unique } from '../../harness/temporal-server.ts';
import { TestSocket } from '../../harness/test-socket.ts';

let gateway: TestGateway;
let api: Api;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = new Api(gateway.url);
});
afterAll(() => gateway.stop());

const watch = (id: string, query = '') =>
  TestSocket.open(`${gateway.url.replace('http', 'ws')}/ws/agent-progress/${id}${query}`);

const text = 'URGENT: call +1 (900) 555-0147 now';

test('a socket that was opened first is told every record from the first to the end, and is closed', async () => {
  const id = unique('t');
  const socket = await watch(id);
  const begun = await api.post('/api/scam/analyze', { text, task_id: id });
  expect(begun).toMatchObject({
    status: 202,
    body: { task_id: id, status: 'queued', ws_path: `/ws/agent-progress/${id}` },
  });
  expect(await socket.closed).toMatchObject({ code: 1000 });
  expect(socket.frames.map(({ step, tool, percent, error }) => [step, tool, percent, error])).toEqual([
    ['connected', null, 0, false],
    ['entity_extraction', null, 10, false],
    ['scam_db', 'scam_database', 35, false],
    ['exa_search', 'exa_search', 50, false],
    ['phone_validator', 'phone_validator', 80, false],
    ['reasoning', null, 90, false],
    ['completed', null, 100, false],
  ]);
  expect(socket.frames.at(-1)).toMatchObject({
    message: 'Check finished: low risk',
    result: { score: 25, risk_level: 'low', entities: { phones: ['+19005550147'] } },
  });
});
