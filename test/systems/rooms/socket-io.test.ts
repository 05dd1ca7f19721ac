import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../harness/gateway.ts';
import { unique } from '../../harness/temporal-server.ts';
import { RoomClient } from './room-client.ts';

let gateway: TestGateway;
const clients: RoomClient[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => gateway.stop());

async function open(requestId: string, query: Record<string, string> = {}): Promise<RoomClient> {
  const client = await RoomClient.open(gateway.url, { requestId, ...query });
  clients.push(client);
  return client;
}

describe('a request', () => {
  test('goes from start to request.completed as its contract says', async () => {
    const requestId = unique('rq');
    const client = await open(requestId);
    client.emit('start', { requestId, userQuery: 'calculate 6*7; wait 20ms; summarize', context: {} });
    const completed = await client.until('request.completed');
    console.log(JSON.stringify(client.messages, null, 1));
    expect(completed['result']).toMatchObject({ status: 'completed', answers: {}, error: null });
  });
});
