import { BatonError } from '../../protocol/errors.ts';
import type { ArchivedRunView, ArchiveQuery } from '../../protocol/schemas/archive.ts';
import type { ArchivedRun } from '../../stores/archive/archived-run.ts';
import type { Page } from '../engine.ts';
import type { RunContext } from './run-context.ts';

/** The run that ended last comes first. A page may be shorter than its limit. Errors: not_found (no archive). */
export async function listArchive(
  { archive }: Pick<RunContext, 'archive'>,
  { limit, cursor, ...filter }: ArchiveQuery,
): Promise<Page<ArchivedRunView>> {
  if (archive === null)
    throw new BatonError('not_found', 'no archive is configured: BATON_ARCHIVE_DIR or BATON_ARCHIVE_S3');
  const { items, nextCursor } = await archive.list(filter, { cursor, limit });
  return { items: items.map(viewOf), nextCursor };
}

function viewOf({ run, executions, blobs, payloads, ...index }: ArchivedRun): ArchivedRunView {
  const { blueprint, status, owner, startedAt, endedAt, lastSeq, archivedAt } = index;
  const files = [...executions.map(({ history }) => history), ...Object.values(blobs), ...Object.values(payloads)];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const firstSeq = Math.min(...executions.map((execution) => execution.firstSeq));
  return { id: run, blueprint, status, owner, startedAt, endedAt, lastSeq, archivedAt, firstSeq, bytes };
}
