import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { checkPorts, derivePorts, freePorts, isFree } from './ports.ts';

test('the eight ports of a server are different and follow each other', () => {
  const { membership, ...services } = derivePorts(7233);
  const all = [...Object.values(services), ...Object.values(membership)];
  expect(all.toSorted((a, b) => a - b)).toEqual([7233, 7234, 7235, 7236, 7237, 7238, 7239, 7240]);
});

test('each busy port among the eight is named', async () => {
  const { frontend } = await freePorts();
  for (const offset of [0, 3, 7]) {
    const blocker = createServer().listen(frontend + offset, '127.0.0.1');
    await once(blocker, 'listening');
    expect(await isFree(frontend + offset)).toBe(false);
    await expect(checkPorts(frontend)).rejects.toThrow(`Port ${frontend + offset}, `);
    blocker.close();
    await once(blocker, 'close');
  }
  expect(await checkPorts(frontend)).toEqual(derivePorts(frontend));
});

test('a port without room for the seven after it is refused', async () => {
  await expect(checkPorts(65_530)).rejects.toThrow(/no room for the 7 ports after it/);
});
