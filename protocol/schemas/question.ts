import { z } from 'zod';
import { questionTimeoutMaxMs } from '../limits.ts';

export const choiceSchema = z.object({ value: z.unknown(), label: z.string() });

/** Who may answer: anybody with one of the roles, or one of the named principals. Empty means anybody who sees the run. */
export const audienceSchema = z.object({
  roles: z.array(z.string()).optional(),
  names: z.array(z.string()).optional(),
});

export const onTimeoutSchema = z.discriminatedUnion('then', [
  z.object({ then: z.literal('fail') }),
  z.object({ then: z.literal('default'), answer: z.unknown() }),
  z.object({
    then: z.literal('escalate'),
    role: z.string(),
    timeoutMs: z.int().positive().max(questionTimeoutMaxMs).optional(),
  }),
]);

/** What an agent or a policy asks. */
export interface QuestionDraft {
  kind: string;
  message: string;
  context?: unknown;
  /** JSON Schema (2020-12) of the answer. */
  answerSchema: Record<string, unknown>;
  choices?: { value: unknown; label: string }[];
  audience?: { roles?: string[]; names?: string[] };
  /** How many different people must answer. Default 1. */
  answersNeeded?: number;
  /** Milliseconds; without one the question waits for ever. */
  timeoutMs?: number;
  /** Default: the run fails with `question_expired`. */
  onTimeout?:
    | { then: 'fail' }
    | { then: 'default'; answer: unknown }
    | { then: 'escalate'; role: string; timeoutMs?: number };
}

export const answerRecordSchema = z.object({
  by: z.string().describe('principal; `anonymous` without authentication'),
  onBehalfOf: z.string().optional().describe('whose answer it is, where somebody else gave it'),
  answer: z.unknown(),
  at: z.string(),
});

export const questionSchema = z
  .looseObject({
    id: z.string(),
    run: z.string(),
    step: z.string().optional(),
    agent: z.string().optional(),
    kind: z.string(),
    message: z.string(),
    context: z.unknown(),
    answerSchema: z.record(z.string(), z.unknown()).describe('JSON Schema of the answer'),
    choices: z.array(choiceSchema).optional(),
    audience: audienceSchema,
    answersNeeded: z.int().positive(),
    onTimeout: onTimeoutSchema,
    askedAt: z.string(),
    expiresAt: z.string().optional(),
    status: z.enum(['open', 'answered', 'expired', 'withdrawn']),
    closedAt: z.string().optional(),
    answers: z.array(answerRecordSchema),
  })
  .meta({ id: 'Question' });
export type Question = z.infer<typeof questionSchema>;
