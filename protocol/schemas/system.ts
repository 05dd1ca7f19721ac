/** How an installation stands: task queues with their workers, gateways, Temporal. */
import { z } from 'zod';

const slotsSchema = z.object({ used: z.int(), free: z.int() });

export const workerStandingSchema = z
  .object({
    identity: z.string().describe('`process@machine`, as Temporal knows it'),
    build: z.string().nullable().describe('null: the worker told none'),
    lastSeenAt: z.iso.datetime().describe('when it last asked for tasks, or told of itself'),
    slots: z
      .object({
        workflowTasks: slotsSchema.nullable(),
        activities: slotsSchema.nullable().describe('of agents, and of whatever else is no workflow'),
      })
      .nullable()
      .describe('tasks that it works on and that it could take beside them, some seconds ago; null: not told yet'),
  })
  .meta({ id: 'WorkerStanding' });
export type WorkerStanding = z.infer<typeof workerStandingSchema>;

export const queueStandingSchema = z
  .object({
    name: z.string(),
    workers: z.array(workerStandingSchema),
    backlog: z
      .object({ count: z.int(), ageMs: z.number().describe('of the oldest; 0 where none waits') })
      .describe('tasks that wait for a worker, about'),
    addedPerSecond: z.number().describe('tasks that came, about, over the last half minute'),
    takenPerSecond: z.number().describe('tasks that workers took'),
  })
  .meta({ id: 'QueueStanding' });
export type QueueStanding = z.infer<typeof queueStandingSchema>;

export const temporalStandingSchema = z
  .object({
    address: z.string(),
    namespace: z.string(),
    reachable: z.boolean(),
    answerMs: z.number().nullable().describe('what a question that touches no run took; null: not reachable'),
    version: z.string().nullable(),
    retentionDays: z.number().nullable().describe('how long the namespace keeps ended runs; null: not known'),
  })
  .meta({ id: 'TemporalStanding' });
export type TemporalStanding = z.infer<typeof temporalStandingSchema>;

const latencySchema = z.object({
  count: z.int().describe('observations'),
  p50Ms: z.number().nullable().describe('null: there was none'),
  p95Ms: z.number().nullable(),
});

export const gatewayStandingSchema = z
  .object({
    toldAt: z.iso.datetime().describe('when it stood so, by its clock'),
    version: z.string().describe('of Baton'),
    host: z.string(),
    process: z.int(),
    startedAt: z.iso.datetime(),
    uptimeSeconds: z.int(),
    sockets: z.object({
      native: z.int(),
      dialects: z.record(z.string(), z.int()).describe('dialect → sockets'),
      streams: z.int().describe('of events (SSE)'),
      max: z.int().describe('of all of them'),
    }),
    subscriptions: z.int().describe('of native sockets to runs'),
    runsHeld: z.int().describe('runs whose log is followed'),
    logBytes: z.int().describe('of logs in memory'),
    memoryBytes: z.int().describe('resident, of the process'),
    recent: z
      .object({
        seconds: z.number().describe('that these are of: 60, or fewer where it began just now'),
        eventsPerSecond: z.number().describe('sent to clients'),
        requestsPerSecond: z.number(),
        delivery: latencySchema.describe('from an event being durable to its sending, to clients that keep up'),
      })
      .describe('of the last minute'),
  })
  .meta({ id: 'GatewayStanding' });
export type GatewayStanding = z.infer<typeof gatewayStandingSchema>;

export const systemSchema = z
  .object({
    at: z.iso.datetime(),
    temporal: temporalStandingSchema,
    taskQueues: z.array(queueStandingSchema).describe('none where Temporal is not reachable'),
    gateway: gatewayStandingSchema.describe('the one that answers'),
    gateways: z
      .array(gatewayStandingSchema)
      .describe(
        'all that share a data folder: the one that answers, then the others by host and process, as each told within 16 s',
      ),
  })
  .meta({ id: 'System' });
export type System = z.infer<typeof systemSchema>;
