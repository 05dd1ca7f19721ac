import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { BatonError } from '../protocol/errors.ts';
import { startTracing } from './tracing.ts';

interface Sent {
  resourceSpans: {
    scopeSpans: { spans: { name: string; traceId: string; parentSpanId?: string; status: { code?: number } }[] }[];
  }[];
}

it('commands are sent as spans below their caller, failed ones with their code', async () => {
  const bodies: string[] = [];
  const collector = createServer((req, res) => {
    let body = '';
    req.on('data', (data: Buffer) => (body += data.toString('utf8')));
    req.on('end', () => {
      bodies.push(body);
      res.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const tracing = await startTracing(`http://127.0.0.1:${(collector.address() as AddressInfo).port}/`, 'baton-gateway');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const parent = 'b7ad6b7169203331';
  expect(await tracing.span('startRun', { 'baton.run': 'r' }, `00-${traceId}-${parent}-01`, async () => 7)).toBe(7);
  const failing = tracing.span('cancelRun', {}, 'nonsense', () => Promise.reject(new BatonError('run_ended', 'over')));
  await expect(failing).rejects.toThrow('over');
  await tracing.close();
  collector.close();
  const spans = bodies.flatMap((body) =>
    (JSON.parse(body) as Sent).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  expect(spans).toMatchObject([
    { name: 'startRun', traceId, parentSpanId: parent },
    { name: 'cancelRun', status: { code: 2 } },
  ]);
  expect(bodies.join()).toContain('run_ended');
  expect(bodies.join()).toContain('baton-gateway');
});

it('without an endpoint only the work is done', async () => {
  const tracing = await startTracing(undefined, 'baton-gateway');
  expect(await tracing.span('startRun', {}, '', async () => 7)).toBe(7);
  await tracing.close();
});
