/** From what an agent returned to what the workflow is told. */
import { z } from 'zod';
import { byteLength, isOversize } from '../protocol/cut-data.ts';
import { BatonError } from '../protocol/errors.ts';
import type { AgentOutcome } from '../protocol/execution.ts';
import type { AgentContract, AgentResult } from '../protocol/agent.ts';
import {
  agentMessageCharacters,
  answersNeededMax,
  instructionsCharacters,
  questionBytes,
  questionTimeoutMaxMs,
  updateBytes,
} from '../protocol/limits.ts';
import { audienceSchema, choiceSchema, onTimeoutSchema } from '../protocol/schemas/question.ts';
import type { BlobStore } from '../stores/blobs/blob-store.ts';
import { storeValue } from '../stores/blobs/stored-data.ts';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An outcome without what the attempt itself knows. */
export type AgentEnd = DistributiveOmit<AgentOutcome, 'attempt' | 'progress' | 'emitted' | 'checkpoint'>;

const usageSchema = z.object({ inputTokens: z.number().nonnegative(), outputTokens: z.number().nonnegative() });
const doneSchema = z.object({
  done: z.unknown(),
  update: z.record(z.string(), z.unknown()).optional(),
  goto: z.string().min(1).max(agentMessageCharacters).optional(),
  message: z
    .string()
    .transform((message) => message.slice(0, agentMessageCharacters))
    .optional(),
  usage: usageSchema.optional(),
});
const askSchema = z.object({
  ask: z.object({
    kind: z.string().min(1),
    message: z.string(),
    context: z.unknown().optional(),
    answerSchema: z.record(z.string(), z.unknown()),
    choices: z.array(choiceSchema).optional(),
    audience: audienceSchema.optional(),
    answersNeeded: z.int().positive().max(answersNeededMax).optional(),
    timeoutMs: z.int().positive().max(questionTimeoutMaxMs).optional(),
    onTimeout: onTimeoutSchema.optional(),
  }),
});
const delegateSchema = z.object({
  delegate: z.object({
    agent: z.string().min(1).max(agentMessageCharacters),
    instructions: z.string().max(instructionsCharacters),
    input: z.unknown().optional(),
  }),
});

/** Errors: invalid_result, update_too_large. A result over 32 KiB is stored. */
export async function agentEnd(
  contract: AgentContract,
  result: AgentResult<unknown>,
  { store, run }: { store: BlobStore; run: string },
): Promise<AgentEnd> {
  if (typeof result !== 'object' || result === null) throw invalid(contract, 'it is neither done, ask nor delegate');
  if ('ask' in result) {
    const { ask } = parse(contract, askSchema, result);
    const json = JSON.stringify(ask);
    if (isOversize(json, questionBytes))
      throw invalid(contract, `a question of ${byteLength(json)} bytes; at most ${questionBytes}`);
    return { kind: 'ask', question: JSON.parse(json) as (typeof result)['ask'] };
  }
  if ('delegate' in result) {
    const { agent, instructions, input } = parse(contract, delegateSchema, result).delegate;
    return { kind: 'delegate', agent, instructions, ...(input === undefined ? {} : { input }) };
  }
  if (!('done' in result)) throw invalid(contract, 'it is neither done, ask nor delegate');
  const { update, goto, message, usage } = parse(contract, doneSchema, result);
  checkUpdate(contract, update);
  const stored = await storeValue(store, run, parse(contract, contract.output, result.done));
  return {
    kind: 'done',
    result: stored.value,
    resultBytes: stored.bytes,
    ...(update === undefined ? {} : { update }),
    ...(goto === undefined ? {} : { goto }),
    ...(message === undefined ? {} : { message }),
    ...(usage === undefined ? {} : { usage }),
  };
}

function checkUpdate(contract: AgentContract, update: Record<string, unknown> | undefined): void {
  const json = JSON.stringify(update ?? {});
  if (isOversize(json, updateBytes))
    throw new BatonError(
      'update_too_large',
      `the update of agent ${contract.name} has ${byteLength(json)} bytes; at most ${updateBytes}: store it and pass a reference`,
      { agent: contract.name },
    );
}

function parse<T>(contract: AgentContract, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'result'}: ${message}`);
  throw invalid(contract, faults.join('; '));
}

function invalid(contract: AgentContract, fault: string): BatonError {
  return new BatonError('invalid_result', `agent ${contract.name} returned a bad result: ${fault}`, {
    agent: contract.name,
  });
}
