import { z } from 'zod';
import { questionSchema } from './question.ts';

/** `stuck` is never folded: the gateway lays it over `running` when the workflow task keeps failing. */
export const runStatuses = [
  'pending',
  'running',
  'waiting',
  'paused',
  'stuck',
  'cancelling',
  'completed',
  'failed',
  'cancelled',
  'terminated',
  'timed_out',
] as const;
export const runStatusSchema = z.enum(runStatuses);
export type RunStatus = z.infer<typeof runStatusSchema>;

export const endedStatuses: ReadonlySet<string> = new Set([
  'completed',
  'failed',
  'cancelled',
  'terminated',
  'timed_out',
]);

export const agentStateSchema = z.looseObject({
  status: z.enum(['running', 'asking', 'delegating', 'completed', 'failed']),
  calls: z.int().positive().describe('how often the agent has been called; its step is name#calls'),
  step: z.string(),
  attempt: z.int().positive(),
  progress: z.number().min(0).max(1),
  message: z.string(),
  paused: z.literal(true).optional().describe('its next attempt waits until it is unpaused'),
  span: z.tuple([z.number(), z.number()]).optional().describe("the agent's share of the run's progress"),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
});
export type AgentState = z.infer<typeof agentStateSchema>;

export const runErrorSchema = z.looseObject({ code: z.string(), message: z.string(), step: z.string().optional() });
export type RunError = z.infer<typeof runErrorSchema>;

export const planStepSchema = z.object({
  id: z.string(),
  agent: z.string(),
  instructions: z.string().optional(),
  status: z.enum(['pending', 'running', 'completed', 'failed', 'skipped']),
});
export type PlanStep = z.infer<typeof planStepSchema>;

/** The state of a run: the fold of its log, and nothing else. */
export const runStateSchema = z
  .looseObject({
    id: z.string(),
    blueprint: z.string(),
    owner: z.string().nullable().describe('principal that started the run; null without authentication'),
    status: runStatusSchema,
    input: z.unknown(),
    startedAt: z.string(),
    updatedAt: z.string(),
    endedAt: z.string().nullable(),
    iteration: z.int().nonnegative().describe('decisions of the supervisor so far'),
    agents: z.record(z.string(), agentStateSchema),
    current: z.array(z.string()).describe('steps that are open now'),
    progress: z.number().min(0).max(1).describe('of the whole run, never falling within an execution chain'),
    context: z.record(z.string(), z.unknown()).describe('what agents and decisions have put there by `update`'),
    plan: z.array(planStepSchema).nullable(),
    questions: z.array(questionSchema),
    cancelling: z
      .object({ reason: z.string().nullable(), by: z.string(), mode: z.enum(['graceful', 'now']) })
      .nullable(),
    paused: z
      .object({ by: z.string(), at: z.string(), reason: z.string().nullable() })
      .optional()
      .describe('the run waits before its next decision; while agents still work its status is not `paused` yet'),
    result: z.unknown(),
    error: runErrorSchema.nullable(),
    usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }),
    from: z
      .object({ run: z.string(), step: z.string().nullable(), seq: z.int() })
      .nullable()
      .describe('the run this one was forked from'),
    lastSeq: z.int().nonnegative(),
  })
  .meta({ id: 'RunState' });
export type RunState = z.infer<typeof runStateSchema>;

/** A state as the surface shows it: with where it came from. */
export const runViewSchema = runStateSchema
  .extend({
    source: z
      .enum(['workflow', 'log', 'archive'])
      .describe('answered by a worker, or folded by the gateway from the history, or from the archive'),
  })
  .meta({ id: 'Run' });
export type RunView = z.infer<typeof runViewSchema>;
