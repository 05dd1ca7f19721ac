import { z } from 'zod';
import { BatonError } from '../../../protocol/errors.ts';
import { findingsSchema } from '../../../protocol/schemas/findings.ts';
import { systemSchema } from '../../../protocol/schemas/system.ts';
import { meSchema } from '../../../protocol/schemas/me.ts';
import { json } from '../reply.ts';
import { defineRoute } from '../route.ts';

const statusSchema = z.object({ status: z.string() });

export const systemRoutes = [
  defineRoute({
    method: 'get',
    path: '/healthz',
    name: 'health',
    summary: 'Whether this process lives',
    access: 'open',
    answers: { 200: { description: 'it does', schema: statusSchema } },
    errors: [],
    handle: () => json(200, { status: 'ok' }),
  }),
  defineRoute({
    method: 'get',
    path: '/readyz',
    name: 'readiness',
    summary: 'Whether this process can serve: Temporal answers and it is not stopping',
    access: 'open',
    answers: { 200: { description: 'it can', schema: statusSchema } },
    errors: ['temporal_down', 'shutting_down'],
    async handle(_call, { engine, stopping }) {
      if (stopping.aborted) throw new BatonError('shutting_down', 'this gateway is stopping');
      if (!(await engine.ready())) throw new BatonError('temporal_down', 'Temporal does not answer');
      return json(200, { status: 'ready' });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/metrics',
    name: 'metrics',
    summary: 'Prometheus metrics',
    access: 'ops',
    answers: { 200: { description: 'text exposition', type: 'text/plain' } },
    errors: [],
    async handle(_call, { metrics }) {
      const { registry } = metrics;
      const body = await registry.metrics();
      return { kind: 'whole', status: 200, headers: { 'cache-control': 'no-store' }, type: registry.contentType, body };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/system',
    name: 'getSystem',
    summary: 'How the installation stands: task queues with their workers, gateways, Temporal (role ops)',
    access: 'ops',
    answers: {
      200: { description: 'at most a second old; also where Temporal does not answer', schema: systemSchema },
    },
    errors: ['forbidden'],
    async handle(_call, { engine, roster }) {
      const [standing, gateways] = await Promise.all([engine.system.standing(), roster.read()]);
      return json(200, { at: new Date().toISOString(), ...standing, gateway: gateways[0], gateways });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/system/doctor',
    name: 'examineSystem',
    summary: 'What is wrong and what to do, as far as a gateway can see: `baton doctor` looks further (role ops)',
    access: 'ops',
    answers: { 200: { description: 'the findings, at most half a minute old', schema: findingsSchema } },
    errors: ['forbidden'],
    handle: async (_call, { engine }) => json(200, await engine.system.examine()),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/me',
    name: 'me',
    summary: 'Who the token makes of its bearer',
    access: 'token',
    answers: { 200: { description: 'the principal', schema: meSchema } },
    errors: [],
    handle: ({ guard: { by } }) => json(200, { name: by.name, roles: by.roles, authenticated: by.authenticated }),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/ws',
    name: 'socket',
    summary: 'The WebSocket: many runs on one, see docs/protocol.md',
    access: 'open',
    answers: { 101: { description: 'frames follow' } },
    errors: ['upgrade_required', 'unauthenticated', 'too_many_connections'],
    handle: () => {
      throw new BatonError('upgrade_required', 'open this address as a WebSocket');
    },
  }),
];
