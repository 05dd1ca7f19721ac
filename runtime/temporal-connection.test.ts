import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { createDataConverter } from './data-converter.ts';
import { connectTemporal } from './temporal-connection.ts';

const sockets: Socket[] = [];
const server = createServer((socket) => sockets.push(socket));
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it('gives up a call to a server that takes connections and never answers', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = readConfig({ TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
  const client = connectTemporal(config, createDataConverter(config), { callMs: 200 });
  await expect(client.workflowService.getSystemInfo({})).rejects.toMatchObject({ code: 4 });
  await client.connection.close();
});

it('ends a call that is being repeated when the connection is closed, with an error of its own and nobody else’s', async () => {
  // Nobody listens there.
  const config = readConfig({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
  const client = connectTemporal(config, createDataConverter(config));
  const refused = client.workflowService.getSystemInfo({});
  await Promise.race([refused, setTimeout(50)]);
  await client.connection.close();
  await expect(refused).rejects.toMatchObject({ code: 1, details: 'Channel has been shut down' });
  await expect(client.workflowService.getSystemInfo({})).rejects.toMatchObject({ code: 1 });
});
