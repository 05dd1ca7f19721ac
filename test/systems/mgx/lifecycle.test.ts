import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMgx, statesOf, typesOf, idsOf, eventsOf, type Mgx } from './mgx.ts';

let mgx: Mgx;
beforeAll(async () => {
  mgx = await startMgx();
});
afterAll(() => mgx.stop());

test('a task is created, its socket begins it, and the socket ends by itself', async () => {
  const id = await mgx.create();
  const socket = await mgx.watch(id);
  expect((await socket.closed).code).toBe(1000);
  console.log(
    typesOf(socket).join(' '),
    JSON.stringify(eventsOf(socket), null, 1).slice(0, 15000),
    JSON.stringify(statesOf(socket)),
    idsOf(socket),
  );
  console.log(JSON.stringify((await mgx.api.get('/api/tasks/' + id)).body, null, 1));
});
