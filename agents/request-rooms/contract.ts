import { z } from 'zod';
import type { AgentContract } from '../../protocol/agent.ts';
import { roomsQueryCharacters, roomsQuestionSecondsMax } from '../../protocol/limits.ts';
import { tools } from './tool-call.ts';

const contextSchema = z
  .looseObject({
    askFirst: z.unknown().optional().describe('true: one question is asked before planning'),
    questionTimeoutSeconds: z.int().min(1).max(roomsQuestionSecondsMax).optional().describe('default 300'),
  })
  .describe('whatever else the client keeps with its request');

export const requestInputSchema = z.strictObject({
  userQuery: z
    .string()
    .max(roomsQueryCharacters)
    .refine((query) => query.trim() !== '', 'must not be blank'),
  context: contextSchema.default({}),
});
export type RequestInput = z.infer<typeof requestInputSchema>;

const plannedStepSchema = z.object({
  id: z.string().describe('s1, s2, …'),
  order: z.int().positive().describe('1..n'),
  action: z.enum(tools).describe('the tool'),
  text: z.string().describe('the part of the question that it answers'),
});
export type PlannedStep = z.infer<typeof plannedStepSchema>;

const stepRecordSchema = z.object({
  step: z.int().positive(),
  tool: z.enum(tools),
  status: z.literal('completed'),
  result: z.record(z.string(), z.unknown()),
});
export type StepRecord = z.infer<typeof stepRecordSchema>;

const thoughtSchema = z.object({
  intent: z.string().describe('what the request wants first'),
  steps: z.int().positive().describe('parts of the question'),
});
export type Thought = z.infer<typeof thoughtSchema>;

export const planSchema = z.object({ steps: z.array(plannedStepSchema).min(1) });
export type Plan = z.infer<typeof planSchema>;

export const requestResultSchema = z.object({
  status: z.literal('completed'),
  answer: z.string(),
  steps: z.array(stepRecordSchema),
  answers: z
    .record(z.string(), z.unknown())
    .describe('of people, by question: q-1; null where nobody answered in time'),
  error: z.null(),
});
export type RequestResult = z.infer<typeof requestResultSchema>;

/** What a person is asked. */
export const questionKind = 'rooms.question';

/**
 * Events of a request, as `kind` of `agent.emitted`; after a crash the last ones may be told twice:
 *
 *   rooms.plan    {steps: [{id, order, action}]}     of the planner, before it completes
 *   rooms.step    {stepId, stepOrder, tool, status}  of the executor, in the order of the plan, and with status
 *                   running
 *                   completed   result
 *                   failed      error {code, message}; cancelled: true where a cancel was its end. None follows
 *   rooms.answer  {answer}                           of the executor, before it completes
 */
export const eventKinds = { plan: 'rooms.plan', step: 'rooms.step', answer: 'rooms.answer' } as const;

export const thoughtContract: AgentContract<RequestInput, Thought> = {
  name: 'thought-agent',
  description: 'Understands what a request wants; asks the user first where the request says so.',
  input: requestInputSchema,
  output: thoughtSchema,
  repeatable: true,
};

export const plannerContract: AgentContract<RequestInput, Plan> = {
  name: 'planner-agent',
  description: 'Makes the steps of a request.',
  input: requestInputSchema,
  output: planSchema,
  repeatable: true,
};

export const executorContract: AgentContract<Plan, RequestResult> = {
  name: 'executor-agent',
  description: 'Runs the steps of a request, one after another.',
  input: planSchema,
  output: requestResultSchema,
  repeatable: true,
};
