/** A TCP proxy that cuts the connections that go through it: after a number of bytes, as it is told. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttingProxy {
  port: number;
  /** Where connections go from now on. */
  targetPort: number;
  /** Connections that were cut. */
  cuts: number;
  cutAll(): void;
  close(): Promise<void>;
}

/** `bytesUntilCut` is asked for each connection: how much of the answer comes through. Default: all of it. */
export async function startCuttingProxy(
  targetPort: number,
  bytesUntilCut: () => number = () => Number.POSITIVE_INFINITY,
): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(proxy.targetPort, '127.0.0.1');
    let left = bytesUntilCut();
    for (const socket of [client, target]) {
      sockets.add(socket);
      // What happens to one side happens to the other; a reset is just another way of being cut.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroySoon();
        target.destroy();
      });
    }
    client.pipe(target);
    target.on('data', (chunk: Buffer) => {
      client.write(chunk.subarray(0, Math.min(chunk.length, left)));
      left -= chunk.length;
      if (left > 0) return;
      proxy.cuts++;
      target.destroy();
      client.destroySoon();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: CuttingProxy = {
    port: (server.address() as AddressInfo).port,
    targetPort,
    cuts: 0,
    cutAll: () => sockets.forEach((socket) => socket.destroy()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
  return proxy;
}
