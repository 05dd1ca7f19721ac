import { BatonError } from '../../protocol/errors.ts';
import type { RunContext } from './run-context.ts';

/**
 * Whether the id belongs to a run that Temporal may have forgotten. While the archive does not answer, new runs still
 * begin: an id that is used again after retention is rare.
 */
export async function isArchived({ archive, log }: Pick<RunContext, 'archive' | 'log'>, run: string): Promise<boolean> {
  try {
    return (await archive?.find(run)) != null;
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'archive_down') throw error;
    log.warn({ run, err: error }, 'whether the id is that of an archived run could not be looked up');
    return false;
  }
}
