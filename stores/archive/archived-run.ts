/** The index of an archived run: what was its face in lists, its executions, and the digest of every file. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BatonError } from '../../protocol/errors.ts';
import { runStatusSchema } from '../../protocol/schemas/state.ts';

const fileSchema = z.object({ bytes: z.int(), sha256: z.string() });
export type ArchivedFile = z.infer<typeof fileSchema>;

const executionSchema = z.object({
  runId: z.string(),
  firstSeq: z.int(),
  lastSeq: z.int(),
  status: runStatusSchema,
  startedAt: z.string(),
  endedAt: z.string(),
  predecessor: z.string().nullable(),
  /** Temporal's WorkflowExecutionInfo, as base64 of its protobuf: memo and search attributes are in it as they were stored. */
  info: z.string(),
  /** The history, as it is stored. */
  history: fileSchema,
});
export type ArchivedExecution = z.infer<typeof executionSchema>;

export const archivedRunSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  blueprint: z.string(),
  owner: z.string().nullable(),
  status: runStatusSchema,
  startedAt: z.string(),
  endedAt: z.string(),
  lastSeq: z.int(),
  archivedAt: z.string(),
  /** Oldest first; the last is the newest. */
  executions: z.array(executionSchema).min(1),
  /** By ref, and by digest. */
  blobs: z.record(z.string(), fileSchema),
  payloads: z.record(z.string(), fileSchema),
});
export type ArchivedRun = z.infer<typeof archivedRunSchema>;

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The index with its own digest in front, in a line of its own. */
export function encodeIndex(index: ArchivedRun): Uint8Array {
  const json = JSON.stringify(index);
  return Buffer.from(`${digestOf(Buffer.from(json))}\n${json}`);
}

/** Errors: archive_damaged. */
export function decodeIndex(run: string, bytes: Uint8Array): ArchivedRun {
  const [digest, json = ''] = Buffer.from(bytes).toString('utf8').split('\n');
  if (digest !== digestOf(Buffer.from(json))) throw damaged(run, 'its index');
  const parsed = archivedRunSchema.safeParse(JSON.parse(json));
  if (!parsed.success) throw damaged(run, 'its index, or is from a newer version of Baton:');
  return parsed.data;
}

export function damaged(run: string, what: string): BatonError {
  return new BatonError('archive_damaged', `the archive of run ${run}: ${what} is damaged or was altered`, { run });
}
