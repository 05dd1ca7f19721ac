/** What the archiver's workflow and its activity say to each other. Plain: the workflow bundle imports this file. */

/** One in a namespace; no run may be called so. */
export const archiverId = 'baton:archiver';

/** What one pass hands to the next. */
export interface ArchiveProgress {
  /** Executions that closed before are archived; null: none is. */
  watermark: string | null;
  /** Executions that could not be archived, and are tried again. */
  failed: ClosedExecution[];
}

export interface ClosedExecution {
  run: string;
  runId: string;
}

/** null: no archive is configured any more. `pauseMs` before the next pass; 0 where there is more to do now. */
export type PassOutcome = (ArchiveProgress & { archived: number; pauseMs: number }) | null;
