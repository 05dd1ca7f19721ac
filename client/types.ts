/**
 * The protocol's types as the client shows them, and the only door through which client code sees the schemas:
 * when the package is made, this file's declarations are written out without zod.
 */
export type { BlobRef, LiveFrame, RunEvent } from '../protocol/schemas/event.ts';
export type { AgentState, PlanStep, RunError, RunState, RunStatus, RunView } from '../protocol/schemas/state.ts';
export type { Attendee } from '../protocol/schemas/presence.ts';
export type { Question } from '../protocol/schemas/question.ts';
export type { AnswerOutcome, BlueprintView, Edits, Prediction, RunSummary } from '../protocol/schemas/commands.ts';
export type { ArchivedRunView } from '../protocol/schemas/archive.ts';
export type { Job, JobPreview, JobResult } from '../protocol/schemas/jobs.ts';
export type { Deletion, OwnerDeletion } from '../protocol/schemas/deletion.ts';
export type { LogLine, LogLines } from '../protocol/schemas/agent-logs.ts';
export type { Finding, Findings } from '../protocol/schemas/findings.ts';
export type { FailureGroup, FailureGroups, RunCount } from '../protocol/schemas/runs-query.ts';
export type {
  GatewayStanding,
  QueueStanding,
  System,
  TemporalStanding,
  WorkerStanding,
} from '../protocol/schemas/system.ts';
export type {
  AttemptView,
  PendingStep,
  Timeline,
  TimelineExecution,
  TimelineStep,
  Wait,
} from '../protocol/schemas/timeline.ts';
export type { Me } from '../protocol/schemas/me.ts';
export type { Verification } from '../protocol/schemas/verification.ts';
