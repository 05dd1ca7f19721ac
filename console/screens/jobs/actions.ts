/** What a job may do to each run, in words, and what it takes beside the runs. */
import type { BulkRequest } from '../../../client/index.ts';

export type BulkAction = BulkRequest['action'];
export type Option = 'step' | 'edits' | 'reason' | 'now' | 'force' | 'terminate';

interface ActionWords {
  label: string;
  does: string;
  takes: readonly Option[];
  /** Nothing brings back what it takes away: it is agreed to by itself. */
  warning?: string;
}

export const actions: Readonly<Record<BulkAction, ActionWords>> = {
  retry: { label: 'Retry', does: 'Each ended run begins once more, with the same input.', takes: [] },
  resume: { label: 'Resume', does: 'Each ended run goes on from the step that failed.', takes: ['edits'] },
  reset: { label: 'Reset', does: 'Each goes on from before a step.', takes: ['step', 'edits'] },
  fork: {
    label: 'Fork',
    does: 'A new run with the same past; the run itself is not touched.',
    takes: ['step', 'edits'],
  },
  pause: {
    label: 'Pause',
    does: 'Each waits before its next decision, or before the step.',
    takes: ['step', 'reason'],
  },
  unpause: { label: 'Unpause', does: 'Each goes on.', takes: ['step', 'force'] },
  'retry-step': {
    label: 'Retry the step of',
    does: 'A step that waits for its next attempt begins it at once.',
    takes: ['step', 'force'],
  },
  cancel: { label: 'Cancel', does: 'Each ends; its agents may clean up first.', takes: ['reason', 'now'] },
  terminate: {
    label: 'Terminate',
    does: 'Each ends at once; no agent cleans up.',
    takes: ['reason'],
    warning: 'Agents are cut off in the middle of what they do.',
  },
  delete: {
    label: 'Delete',
    does: 'Each is deleted for good, with all that it has stored.',
    takes: ['terminate'],
    warning: 'Nothing brings them back.',
  },
};
export const actionNames = Object.keys(actions) as readonly BulkAction[];
