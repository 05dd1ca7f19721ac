/** A request as a hostile client may send it, and what came back. */
import { Agent, request } from 'node:http';

export interface Sent {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

export interface Received {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** An event stream that has begun; it was left at once. */
  isStream: boolean;
}

const agent = new Agent({ keepAlive: true, maxSockets: 20 });

export function send(url: string, { method, path, headers = {}, body }: Sent): Promise<Received> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent, timeout: 20_000 }, (response) => {
      const status = response.statusCode ?? 0;
      const isStream = response.headers['content-type'] === 'text/event-stream';
      const done = (text: string) => resolve({ status, headers: response.headers, body: text, isStream });
      if (isStream) {
        response.destroy();
        done('');
        return;
      }
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path.slice(0, 200)} within 20 s`)));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // A connection that was kept alive may be closed while the next request is on its way: it was never read.
      if (sent.reusedSocket && error.code === 'ECONNRESET')
        resolve(send(url, { method, path, headers, ...(body === undefined ? {} : { body }) }));
      else reject(error);
    });
    sent.end(body);
  });
}

export function closeConnections(): void {
  agent.destroy();
}
