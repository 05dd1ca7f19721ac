/** What happened in a run, step by step: data for a picture. */
import { z } from 'zod';
import { timelineStepsDefault, timelineStepsMax } from '../limits.ts';
import { answerRecordSchema } from './question.ts';
import { countParam, fromDigits, wholeNumber } from './runs-query.ts';
import { runErrorSchema, runStatusSchema } from './state.ts';

export const timelineQuerySchema = z.object({
  after: z
    .preprocess(fromDigits, wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .default(0)
    .describe('steps that began after this seq; `next` of the page before'),
  limit: countParam(timelineStepsDefault, timelineStepsMax).describe('steps; a page is cut earlier at its bytes'),
});
export type TimelineQuery = z.infer<typeof timelineQuerySchema>;

const time = z.string().describe('ISO 8601, UTC');
const usage = z.object({ inputTokens: z.number(), outputTokens: z.number() });
const cost = z.number().nullable().describe('of the tokens, in the currency of MODEL_PRICES; null without a price');
const fault = z.object({ code: z.string(), message: z.string() });
const brief = z.unknown().describe('itself, or {preview, blob} where it is large');

export const attemptSchema = z
  .object({
    attempt: z.int().positive(),
    startedAt: time.nullable().describe('null where neither the log nor the server says'),
    endedAt: time.nullable(),
    durationMs: z.int().nullable(),
    outcome: z
      .enum(['completed', 'failed', 'asked', 'delegated', 'lost', 'running', 'waiting', 'abandoned'])
      .describe('`lost`: its worker went away, or took no more; `waiting`: it is to come'),
    error: fault.nullable(),
    worker: z.string().nullable().describe('identity of its worker, of the last attempt before an outcome'),
  })
  .meta({ id: 'Attempt' });
export type AttemptView = z.infer<typeof attemptSchema>;

export const waitSchema = z
  .object({
    for: z.enum(['person', 'queue', 'backoff', 'paused', 'delegation']),
    from: time,
    to: time.nullable().describe('null: it still waits'),
    ms: z.int().nullable(),
    what: z.string().optional().describe('the question, or the agent that was delegated to'),
  })
  .meta({ id: 'Wait' });
export type Wait = z.infer<typeof waitSchema>;

const decisionSchema = z.object({
  seq: z.int(),
  at: time,
  iteration: z.int(),
  reason: z.string(),
  model: z.string().nullable().describe('null: by the rules of the blueprint'),
});

export const stepQuestionSchema = z.object({
  id: z.string(),
  kind: z.string(),
  message: z.string(),
  askedAt: time,
  closedAt: time.nullable(),
  status: z.enum(['open', 'answered', 'expired', 'withdrawn']),
  answers: z.array(answerRecordSchema),
});
export type StepQuestion = z.infer<typeof stepQuestionSchema>;

export const timelineStepSchema = z
  .object({
    step: z.string(),
    agent: z.string(),
    seq: z.int().describe('of its `agent.started`; a step that a reset repeats is another with the same name'),
    status: z.enum(['running', 'asking', 'delegating', 'paused', 'completed', 'failed', 'abandoned']),
    decision: decisionSchema.nullable().describe('what led to it; null where another agent delegated it'),
    delegatedBy: z.string().nullable().describe('the step that waits for it'),
    instructions: z.string().nullable(),
    planStep: z.string().nullable(),
    startedAt: time,
    endedAt: time.nullable(),
    durationMs: z.int().nullable(),
    progress: z.number(),
    message: z.string(),
    attempts: z.array(attemptSchema).describe('the newest, where there are very many'),
    waits: z.array(waitSchema).describe('the newest, where there are very many'),
    waitedMs: z
      .object({
        person: z.int(),
        queue: z.int(),
        backoff: z.int(),
        paused: z.int(),
        delegation: z.int(),
      })
      .describe('of all that are over'),
    usage,
    cost,
    questions: z.array(stepQuestionSchema),
    emitted: z.int().describe('events that the agent wrote'),
    error: runErrorSchema.nullable(),
    result: brief,
    update: brief,
  })
  .meta({ id: 'TimelineStep' });
export type TimelineStep = z.infer<typeof timelineStepSchema>;

export const timelineExecutionSchema = z
  .object({
    execution: z.string().describe("Temporal's run id"),
    fromSeq: z.int(),
    toSeq: z.int(),
    cause: z.string().nullable().describe('run.started, run.reset, run.retried or run.continued; null: history cut'),
    by: z.string().nullable(),
    via: z.string().nullable(),
    from: z.string().nullable().describe('address'),
    at: time,
    endedAt: time.nullable(),
    outcome: z.string().describe('a status of a run, or `continued`'),
    entries: z.int().describe('of the history'),
  })
  .meta({ id: 'TimelineExecution' });
export type TimelineExecution = z.infer<typeof timelineExecutionSchema>;

/** What happened to the run itself, and decisions that began no step. */
export const markSchema = z.object({
  seq: z.int(),
  at: time,
  type: z.string().describe('as of the event'),
  by: z.string().nullable(),
  via: z.string().nullable(),
  step: z.string().nullable().describe('that it is about'),
  text: z.string().nullable().describe('reason, message'),
});
export type TimelineMark = z.infer<typeof markSchema>;

export const pendingStepSchema = z
  .object({
    step: z.string(),
    agent: z.string(),
    state: z.enum(['queued', 'at_work', 'backoff', 'paused', 'pausing', 'cancelling']),
    attempt: z.int().positive().describe('counted over the whole step'),
    scheduledAt: time.nullable(),
    startedAt: time.nullable().describe('of the newest attempt that began'),
    nextAttemptAt: time.nullable(),
    lastHeartbeatAt: time.nullable(),
    heartbeat: z
      .object({ at: time, fraction: z.number(), message: z.string(), failures: z.int(), usage: usage.optional() })
      .nullable()
      .describe('what the agent last said; `failures`: attempts that were its own fault'),
    lastFailure: fault.nullable(),
    worker: z.string().nullable(),
    build: z.string().nullable(),
  })
  .meta({ id: 'PendingStep' });
export type PendingStep = z.infer<typeof pendingStepSchema>;

export const timelineSchema = z
  .object({
    run: z.string(),
    blueprint: z.string(),
    status: runStatusSchema,
    owner: z.string().nullable(),
    startedAt: time,
    endedAt: time.nullable(),
    lastSeq: z.int(),
    error: runErrorSchema.nullable(),
    usage,
    cost,
    worker: z
      .object({ identity: z.string(), build: z.string().nullable() })
      .nullable()
      .describe('that last worked on the routing of the run'),
    steps: z.array(timelineStepSchema),
    stepsTotal: z.int(),
    next: z.int().nullable().describe('`after` of the next page; null: there is none'),
    marks: z.array(markSchema).describe('oldest first; the newest, where there are very many'),
    executions: z.array(timelineExecutionSchema).describe('oldest first; the newest, where there are very many'),
    isCut: z.boolean().describe('executions before the first of these are past retention'),
    from: z.object({ run: z.string(), step: z.string().nullable(), seq: z.int() }).nullable(),
    forks: z.array(z.object({ run: z.string(), status: runStatusSchema })).describe('newest first; at most 50'),
    now: z.object({
      paused: z.object({ by: z.string(), at: time, reason: z.string().nullable() }).nullable(),
      stuck: z
        .object({ message: z.string() })
        .nullable()
        .describe('the code of the blueprint keeps failing: with what'),
      pending: z.array(pendingStepSchema),
      questions: z.array(stepQuestionSchema).describe('open ones'),
    }),
  })
  .meta({ id: 'Timeline' });
export type Timeline = z.infer<typeof timelineSchema>;
