import { z } from 'zod';

/** Every type of event that Baton itself writes. Readers keep types that they do not know. */
export const eventTypes = [
  'run.started',
  'run.begun',
  'supervisor.decided',
  'supervisor.decision_failed',
  'supervisor.routed',
  'agent.started',
  'agent.progressed',
  'agent.emitted',
  'agent.attempt_failed',
  'agent.completed',
  'agent.failed',
  'question.asked',
  'question.answered',
  'question.answer_refused',
  'question.expired',
  'run.cancelling',
  'run.paused',
  'run.unpaused',
  'step.paused',
  'step.unpaused',
  'step.retried',
  'run.reset',
  'run.retried',
  'run.continued',
  'run.completed',
  'run.failed',
  'run.cancelled',
  'run.terminated',
  'run.timed_out',
] as const;

export type EventType = (typeof eventTypes)[number];

const timestamp = z.string().describe('ISO 8601, UTC, milliseconds');

/** Data over 32 KiB arrives so on every surface; the whole is at GET /v1/runs/{id}/blobs/{ref}. */
export const blobRefSchema = z.object({
  ref: z.string().describe('name of the blob in its run'),
  bytes: z.int().nonnegative(),
  type: z.string().describe('media type'),
});
export type BlobRef = z.infer<typeof blobRefSchema>;

export const storedDataSchema = z.object({ preview: z.string(), blob: blobRefSchema });
export type StoredData = z.infer<typeof storedDataSchema>;

/** One entry of a run's log. */
export const eventSchema = z
  .looseObject({
    seq: z.int().positive().describe('1, 2, 3 … without holes over the whole life of the run'),
    at: timestamp.describe("when it happened, by its source's clock"),
    recordedAt: timestamp.describe('when it became durable, by the server'),
    type: z.string().describe(`one of: ${eventTypes.join(', ')}; new ones may come`),
    agent: z.string().optional(),
    step: z.string().optional().describe('the call of the agent, as in codesmith#2'),
    attempt: z.int().positive().optional(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });
export type RunEvent = z.infer<typeof eventSchema>;

/** An event before it has a place in the log: what workflows and agents write. */
export interface EventDraft {
  at: string;
  type: EventType;
  agent?: string;
  step?: string;
  attempt?: number;
  data: Record<string, unknown>;
}

/** Progress between two durable events: newest wins, carries no seq, never needed to rebuild a run. */
export const liveSchema = z
  .looseObject({
    agent: z.string(),
    step: z.string(),
    attempt: z.int().positive(),
    at: timestamp,
    fraction: z.number().min(0).max(1).optional(),
    message: z.string().optional(),
    text: z.string().optional().describe('streamed text of a model, appended'),
  })
  .meta({ id: 'Live' });
export type LiveFrame = z.infer<typeof liveSchema>;
