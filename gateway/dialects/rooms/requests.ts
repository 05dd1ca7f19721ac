/** What may be done with requests, whichever transport it comes over. */
import { z } from 'zod';
import { dialectIdPattern } from '../../../protocol/limits.ts';
import { BatonError } from '../../../protocol/errors.ts';
import type { Guard } from '../../auth/guard.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import { DialectFault } from '../dialect-fault.ts';
import { DialectRuns } from '../dialect-runs.ts';
import { readTranslated } from '../read-translated.ts';
import { Translator } from '../translation.ts';
import type { RoomMessage } from './message.ts';
import { invalidRequest, noPendingQuestion } from './room-fault.ts';
import type { RoomState } from './room-state.ts';
import { translation } from './translation.ts';

const blueprint = 'request-rooms';
const startSchema = z.looseObject({ userQuery: z.string(), context: z.record(z.string(), z.unknown()).optional() });
const feedbackSchema = z.looseObject({ questionId: z.string(), answer: z.unknown() });

export class Requests {
  readonly context: SurfaceContext;
  readonly translator = new Translator<RoomState, RoomMessage>(translation);
  readonly runs = new DialectRuns('rooms', [blueprint]);

  constructor(context: SurfaceContext) {
    this.context = context;
  }

  /** Errors: run_not_found. */
  find(guard: Guard, requestId: string): Promise<string> {
    return this.runs.find(guard, requestId);
  }

  /** The run, or null where there is none that this principal may see. */
  async findOrNull(guard: Guard, requestId: string): Promise<string | null> {
    return await this.runs.findOrNull(guard, requestId);
  }

  /** An id that is known is never started again, whatever is asked. Errors: invalid_request, id_taken and the engine's. */
  async start(guard: Guard, requestId: string, command: unknown): Promise<{ run: string; isNew: boolean }> {
    const { userQuery, context } = parse(startSchema, command);
    if (userQuery.trim() === '') throw invalidRequest('userQuery: it is blank');
    const known = await this.findOrNull(guard, requestId);
    if (known !== null) return { run: known, isNew: false };
    const id = this.runs.idOf(requestId);
    const input = { userQuery, ...(context === undefined ? {} : { context }) };
    try {
      const { created } = await guard.start({ blueprint, input, id }, { dialect: 'rooms' });
      return { run: id, isNew: created };
    } catch (error) {
      // Somebody was faster, with another question.
      if (error instanceof BatonError && error.code === 'run_exists') return { run: id, isNew: false };
      throw error;
    }
  }

  /** Errors: run_not_found, run_ended, forbidden. */
  async cancel(guard: Guard, requestId: string): Promise<void> {
    await guard.cancel(await this.find(guard, requestId), {});
  }

  /** Errors: run_not_found, invalid_request, no_pending_question, forbidden. */
  async answer(guard: Guard, requestId: string, command: unknown): Promise<void> {
    const { questionId, answer } = parse(feedbackSchema, command);
    if (answer === undefined) throw invalidRequest('answer: it is missing');
    const run = await this.find(guard, requestId);
    const { question, questions } = await this.state(guard, run);
    const id = questions.at(-1);
    if (question?.questionId !== questionId || id === undefined)
      throw noPendingQuestion(`request ${requestId} has no open question ${questionId}`);
    try {
      await guard.answer(run, id, answer);
    } catch (error) {
      if (error instanceof BatonError && error.code === 'run_ended') throw noPendingQuestion(error.message);
      throw error;
    }
  }

  async state(guard: Guard, run: string): Promise<RoomState> {
    const feed = await guard.open(run);
    try {
      const parts = { translator: this.translator, runs: this.context.engine.runs };
      return await readTranslated(feed, this.runs.clientOf(run), parts);
    } finally {
      feed[Symbol.dispose]();
    }
  }
}

/** Errors: invalid_request_id. */
export function requireRequestId(given: unknown): string {
  if (typeof given === 'string' && dialectIdPattern.test(given)) return given;
  const message = given === undefined ? 'requestId: it is missing' : 'requestId: 1 to 128 of A-Z a-z 0-9 . _ : -';
  throw new DialectFault(422, 'invalid_request_id', message);
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidRequest(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit'}`);
}
