/** Frames of /v1/ws. A request has an id and an op; its reply has the same id; everything else is pushed and has a kind. */
import { z } from 'zod';
import {
  answerSchema,
  cancelSchema,
  cursorSchema,
  forkSchema,
  messageSchema,
  pauseSchema,
  resetSchema,
  resumeSchema,
  retrySchema,
  retryStepSchema,
  runIdSchema,
  startSchema,
  terminateSchema,
  unpauseSchema,
} from './commands.ts';
import { eventSchema, liveSchema } from './event.ts';
import { attendeeSchema } from './presence.ts';
import { questionSchema } from './question.ts';
import { runViewSchema } from './state.ts';
import { runSummarySchema, questionsQuerySchema } from './commands.ts';
import { runsFilterSchema, runsQuerySchema } from './runs-query.ts';

const id = z.union([z.string().max(200), z.number()]).describe("the client's own; comes back on the reply");
const run = z.string().min(1).max(210);

export const requestSchema = z.discriminatedUnion('op', [
  z.strictObject({
    id,
    op: z.literal('start'),
    run: runIdSchema.optional(),
    ...startSchema.omit({ id: true }).shape,
    idempotencyKey: z.string().max(200).optional(),
  }),
  z.strictObject({ id, op: z.literal('begin'), run }),
  z.strictObject({ id, op: z.literal('subscribe'), run, after: cursorSchema.optional() }),
  z.strictObject({ id, op: z.literal('unsubscribe'), run }),
  z.strictObject({ id, op: z.literal('answer'), run, question: z.string(), ...answerSchema.shape }),
  z.strictObject({ id, op: z.literal('open-question'), run, question: z.string() }),
  z.strictObject({ id, op: z.literal('close-question'), run, question: z.string() }),
  z.strictObject({ id, op: z.literal('cancel'), run, ...cancelSchema.shape }),
  z.strictObject({ id, op: z.literal('message'), run, ...messageSchema.shape }),
  z.strictObject({ id, op: z.literal('retry'), run, ...retrySchema.shape }),
  z.strictObject({ id, op: z.literal('resume'), run, ...resumeSchema.shape }),
  z.strictObject({ id, op: z.literal('reset'), run, ...resetSchema.shape }),
  z.strictObject({
    id,
    op: z.literal('fork'),
    run,
    newRun: runIdSchema.optional(),
    ...forkSchema.omit({ id: true }).shape,
  }),
  z.strictObject({ id, op: z.literal('pause'), run, ...pauseSchema.shape }),
  z.strictObject({ id, op: z.literal('unpause'), run, ...unpauseSchema.shape }),
  z.strictObject({ id, op: z.literal('retry-step'), run, ...retryStepSchema.shape }),
  z.strictObject({ id, op: z.literal('terminate'), run, ...terminateSchema.shape }),
  z.strictObject({ id, op: z.literal('state'), run }),
  z.strictObject({
    id,
    op: z.literal('timeline'),
    run,
    after: z.int().nonnegative().optional(),
    limit: z.int().positive().optional(),
  }),
  z.strictObject({
    id,
    op: z.literal('events'),
    run,
    after: cursorSchema.optional(),
    limit: z.int().positive().optional(),
  }),
  z.strictObject({ id, op: z.literal('runs'), filter: runsQuerySchema.optional() }),
  z.strictObject({ id, op: z.literal('questions'), filter: questionsQuerySchema.partial().optional() }),
  z.strictObject({ id, op: z.literal('blueprints') }),
  z.strictObject({
    id,
    op: z.literal('watch'),
    what: z.enum(['runs', 'questions']),
    filter: runsFilterSchema.optional(),
  }),
  z.strictObject({ id, op: z.literal('unwatch'), what: z.enum(['runs', 'questions']) }),
  z.strictObject({ id, op: z.literal('ping') }),
]);
export type Request = z.infer<typeof requestSchema>;
export type Op = Request['op'];

export const pushSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), run, event: eventSchema }),
  z.looseObject({ kind: z.literal('live'), run, ...liveSchema.shape }),
  z.object({ kind: z.literal('snapshot'), run, state: runViewSchema }),
  z.object({ kind: z.literal('gap'), run, from: z.int(), to: z.int() }),
  z.object({ kind: z.literal('end'), run, lastSeq: z.int() }),
  z.object({ kind: z.literal('presence'), run, question: z.string(), others: z.array(attendeeSchema) }),
  z.object({ kind: z.literal('notice'), code: z.string() }),
  z.looseObject({
    kind: z.literal('changed'),
    what: z.enum(['runs', 'questions']),
    run: runSummarySchema.optional(),
    question: questionSchema.optional(),
  }),
]);
export type Push = z.infer<typeof pushSchema>;
