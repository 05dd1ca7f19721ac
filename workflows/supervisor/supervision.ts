import type { ExecutionInput } from '../../protocol/execution.ts';
import type { Blueprint, RosterEntry } from './define-blueprint.ts';
import type { Interruption } from './interruption.ts';
import type { QuestionDesk } from './question-desk.ts';
import type { RestoredQuestions } from './restored-questions.ts';
import type { RunLog } from './run-log.ts';

/** One execution of a run, as the parts of the supervisor share it. */
export interface Supervision {
  readonly blueprint: Blueprint;
  readonly input: ExecutionInput;
  readonly log: RunLog;
  readonly desk: QuestionDesk;
  interruption: Interruption | null;
  /** The run waits before its next decision. */
  isPaused: boolean;
  readonly restored: RestoredQuestions;
  /** Agents beside the roster that a model has chosen. */
  readonly guests: Map<string, RosterEntry>;
}
