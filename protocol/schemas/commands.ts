/** Bodies and answers of the HTTP surface; the WebSocket's operations use the same. */
import { z } from 'zod';
import {
  eventsPageDefault,
  eventsPageMax,
  eventsWaitMaxMs,
  idempotencyKeyCharacters,
  listPageDefault,
  listPageMax,
  principalCharacters,
  reasonCharacters,
  runIdPattern,
  runNameCharacters,
  webhookUrlCharacters,
} from '../limits.ts';
import { eventSchema } from './event.ts';
import { questionSchema } from './question.ts';
import { countParam, fromDigits, wholeNumber } from './runs-query.ts';
import { runStatusSchema } from './state.ts';
import { verificationSchema } from './verification.ts';

export const runIdSchema = z
  .string()
  .regex(runIdPattern, 'letters, digits and . _ : -, at most 200, beginning with a letter or digit');

export const startSchema = z
  .strictObject({
    blueprint: z.string().min(1),
    input: z.unknown(),
    id: runIdSchema.optional().describe('made by the server when it is not given'),
    hold: z.boolean().optional().describe('true: the run waits, `pending`, until it is begun'),
    webhook: z
      .strictObject({ url: z.url({ protocol: /^https?$/ }).max(webhookUrlCharacters) })
      .optional()
      .describe('is posted the questions and ends of this run, signed'),
  })
  .meta({ id: 'Start' });
export type StartCommand = z.infer<typeof startSchema>;

/** What every command on a run may say besides what it does. The header `Idempotency-Key` is `requestId`, too. */
const commandShape = {
  requestId: z
    .string()
    .min(1)
    .max(idempotencyKeyCharacters)
    .optional()
    .describe('the same command with the same id again answers as the first time, and does nothing'),
  ifSeq: z
    .int()
    .min(0)
    .optional()
    .describe('the last seq that was looked at: where somebody has acted on the run since, 409 `run_moved`'),
};
const dryRun = z
  .boolean()
  .optional()
  .describe('true: nothing is done; the answer says what would be repeated and asked again');
const reason = z.string().max(reasonCharacters).optional();
const force = z
  .boolean()
  .optional()
  .describe(
    'true: also where the code of the workers does not fit the run, or none of them has said so; its event says `forced`',
  );
const stepName = z.string().min(1).max(runNameCharacters);

export const commandSchema = z.strictObject(commandShape).meta({ id: 'Command' });
export type CommandOptions = z.infer<typeof commandSchema>;

export const answerSchema = z
  .strictObject({
    answer: z.unknown(),
    onBehalfOf: z
      .string()
      .min(1)
      .max(principalCharacters)
      .optional()
      .describe('for whom it is given (role ops): the answer counts as theirs, the event says by whom'),
  })
  .meta({ id: 'Answer' });
export const cancelSchema = z
  .strictObject({ reason, mode: z.enum(['graceful', 'now']).optional(), ifSeq: commandShape.ifSeq })
  .meta({ id: 'Cancel' });
export const messageSchema = z.strictObject({ input: z.unknown(), ...commandShape }).meta({ id: 'Message' });
export const editsSchema = z
  .strictObject({
    context: z.record(z.string(), z.unknown()).optional().describe('merged into the context as it was'),
    input: z.unknown().optional(),
    results: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('by step: what a step before the point is taken to have returned'),
    answers: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('by question: what the repeated step gets by itself where it asks this again'),
    keepAnswers: z
      .union([z.literal('all'), z.array(z.string())])
      .optional()
      .describe('questions whose recorded answers the repeated steps get by themselves; the rest are asked again'),
  })
  .meta({ id: 'Edits' });
export type Edits = z.infer<typeof editsSchema>;
export const retrySchema = z.strictObject({ ...commandShape, dryRun }).meta({ id: 'Retry' });
export const resumeSchema = z.strictObject({ edits: editsSchema.optional(), ...commandShape, dryRun }).meta({
  id: 'Resume',
});
export const resetSchema = z
  .strictObject({
    step: stepName.describe('as in codesmith#2'),
    edits: editsSchema.optional(),
    ...commandShape,
    dryRun,
  })
  .meta({ id: 'Reset' });
export const forkSchema = z
  .strictObject({
    step: stepName.optional(),
    id: runIdSchema.optional(),
    edits: editsSchema.optional(),
    ...commandShape,
    dryRun,
  })
  .meta({ id: 'Fork' });
export const pauseSchema = z
  .strictObject({
    step: stepName.optional().describe('an open step; without it the run, between two steps'),
    reason,
    ...commandShape,
  })
  .meta({ id: 'Pause' });
export const unpauseSchema = z
  .strictObject({ step: stepName.optional(), force, ...commandShape, dryRun })
  .meta({ id: 'Unpause' });
export const retryStepSchema = z
  .strictObject({
    step: stepName.optional().describe('one that waits for its next attempt; may be left out where there is one'),
    force,
    ...commandShape,
    dryRun,
  })
  .meta({ id: 'RetryStep' });
export const terminateSchema = z.strictObject({ reason, ...commandShape }).meta({ id: 'Terminate' });

/** What a command would do, before it does it. */
export const predictionSchema = z
  .object({
    repeats: z
      .array(
        z.object({
          step: z.string(),
          agent: z.string(),
          startedAttempts: z.int().positive().describe('attempts of this step that had started, over all its calls'),
          repeatable: z.boolean().describe('what the agent declares; false where it declares nothing'),
        }),
      )
      .describe('steps at or after the point that have started before, and would run again'),
    questions: z
      .array(z.object({ id: z.string(), kind: z.string(), step: z.string().nullable() }))
      .describe('questions that would be asked again'),
    from: z.object({
      step: z.string().nullable().describe('null: the beginning, or the decision after the last step'),
      seq: z.int().nonnegative().describe('the last seq before the point'),
    }),
    verification: verificationSchema
      .nullable()
      .optional()
      .describe(
        'of unpause and retry-step: whether the code of the workers fits what the newest execution has done; where it is not `same` they are refused. null: no worker has said so in time',
      ),
  })
  .meta({ id: 'Prediction' });
export type Prediction = z.infer<typeof predictionSchema>;

export const cursorSchema = z.preprocess(fromDigits, z.int('send a seq, a whole number from 0').min(0));

export const eventsQuerySchema = z.object({
  after: cursorSchema.default(0),
  limit: countParam(eventsPageDefault, eventsPageMax),
  waitMs: z.preprocess(fromDigits, wholeNumber(0, eventsWaitMaxMs)).default(0),
});
export const questionsQuerySchema = z.object({
  run: z.string().optional(),
  kind: z.string().optional(),
  cursor: z.string().optional(),
  limit: countParam(listPageDefault, listPageMax),
});

export const gapSchema = z.object({ from: z.int(), to: z.int() }).meta({ id: 'Gap' });
export const eventsPageSchema = z
  .object({
    events: z.array(eventSchema),
    next: z.int().describe('the last seq given, or `after`'),
    gap: gapSchema.optional().describe('what lies between the cursor and the first event and is past retention'),
    ended: z.boolean().describe('the run is over and nothing comes after `next`, unless the run goes on'),
  })
  .meta({ id: 'EventsPage' });

/** A run in a list: from its public face, without asking a worker. */
export const runSummarySchema = z
  .looseObject({
    id: z.string(),
    blueprint: z.string(),
    status: runStatusSchema,
    owner: z.string().nullable(),
    current: z.array(z.string()),
    progress: z.number(),
    openQuestions: z.array(z.object({ id: z.string(), kind: z.string(), message: z.string() })),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    lastSeq: z.int().describe('when the run was last shown in lists; its log may be ahead'),
    failure: z
      .object({ code: z.string(), step: z.string().nullable(), build: z.string().nullable() })
      .nullable()
      .describe('of a failed run'),
  })
  .meta({ id: 'RunSummary' });
export type RunSummary = z.infer<typeof runSummarySchema>;

const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export const runsPageSchema = listOf(runSummarySchema).meta({ id: 'RunsPage' });
export const questionsPageSchema = listOf(questionSchema).meta({ id: 'QuestionsPage' });

export const blueprintViewSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    inputSchema: z.record(z.string(), z.unknown()),
    example: z.unknown(),
    available: z.boolean(),
    reason: z.string().optional(),
    role: z.literal('ops').optional().describe('who may start it; without it whoever may start runs'),
  })
  .meta({ id: 'Blueprint' });
export type BlueprintView = z.infer<typeof blueprintViewSchema>;
export const blueprintsPageSchema = listOf(blueprintViewSchema).meta({ id: 'BlueprintsPage' });

export const answerOutcomeSchema = z
  .object({
    outcome: z.enum(['accepted', 'recorded']).describe('recorded: it is safe, but no worker has taken it yet (202)'),
    have: z.int().optional(),
    need: z.int().optional(),
    seq: z.int().optional().describe('the seq of its event'),
  })
  .meta({ id: 'AnswerOutcome' });
export type AnswerOutcome = z.infer<typeof answerOutcomeSchema>;

export const knowledgeQuerySchema = z.object({ q: z.string().min(1).max(1_000), limit: countParam(10, 100) });
export const knowledgePageSchema = z
  .object({
    items: z.array(
      z.object({
        url: z.string(),
        title: z.string(),
        text: z.string(),
        score: z.number(),
        run: z.string(),
        sourceId: z.string(),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'KnowledgePage' });

/** RFC 9457. `code` is the stable one of the error table. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    field: z.string().optional().describe('path of what is at fault'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;
