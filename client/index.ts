export { BatonClient, type ClientOptions } from './client.ts';
export type { ArchiveFilter } from './archive-commands.ts';
export type { ActOptions, ForceOptions, ForkOptions, Foreseeable, ResetOptions, StepOptions } from './act-commands.ts';
export type { KnowledgeHit, Page, PageOptions, QuestionFilter, RunFilter, StartOptions } from './commands.ts';
export { BatonClientError } from './errors.ts';
export type { BulkFilter, BulkRequest } from './job-commands.ts';
export type { CallOptions, Token } from './http.ts';
export { logLevels, type RunLogOptions, type SystemLogOptions } from './log-commands.ts';
export { copyState, emptyState, endedStatuses, fold } from './run-fold.ts';
export type { Transport } from './transport-ladder.ts';
export type { EventsPage } from './transports/polling-source.ts';
export type { WebSocketConstructor } from './transports/websocket-connection.ts';
export type { RunWatch } from './watch-list.ts';
export type { WatchItem, WatchOptions } from './watch-run.ts';
export type {
  AgentState,
  AnswerOutcome,
  ArchivedRunView,
  Attendee,
  BlobRef,
  BlueprintView,
  Deletion,
  Edits,
  FailureGroup,
  FailureGroups,
  Finding,
  Findings,
  GatewayStanding,
  Job,
  JobPreview,
  JobResult,
  LiveFrame,
  LogLine,
  LogLines,
  Me,
  OwnerDeletion,
  PlanStep,
  Prediction,
  Question,
  QueueStanding,
  RunCount,
  RunError,
  RunEvent,
  RunState,
  RunStatus,
  RunSummary,
  RunView,
  System,
  TemporalStanding,
  AttemptView,
  PendingStep,
  Timeline,
  TimelineExecution,
  TimelineStep,
  Verification,
  Wait,
  WorkerStanding,
} from './types.ts';
