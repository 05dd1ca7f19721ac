export { BatonClient, type ClientOptions } from './client.ts';
export type { ActOptions, ForkOptions, Foreseeable, ResetOptions, StepOptions } from './act-commands.ts';
export type { KnowledgeHit, Page, PageOptions, QuestionFilter, RunFilter, StartOptions } from './commands.ts';
export { BatonClientError } from './errors.ts';
export type { BulkFilter, BulkRequest } from './job-commands.ts';
export type { CallOptions, Token } from './http.ts';
export { copyState, emptyState, endedStatuses, fold } from './run-fold.ts';
export type { Transport } from './transport-ladder.ts';
export type { EventsPage } from './transports/polling-source.ts';
export type { WebSocketConstructor } from './transports/websocket-connection.ts';
export type { WatchItem, WatchOptions } from './watch-run.ts';
export type {
  AgentState,
  AnswerOutcome,
  BlobRef,
  BlueprintView,
  Deletion,
  Edits,
  FailureGroup,
  FailureGroups,
  Job,
  JobPreview,
  Finding,
  Findings,
  GatewayStanding,
  JobResult,
  LiveFrame,
  OwnerDeletion,
  PlanStep,
  Prediction,
  Question,
  RunCount,
  RunError,
  RunEvent,
  QueueStanding,
  RunState,
  RunStatus,
  RunSummary,
  RunView,
  AttemptView,
  PendingStep,
  Timeline,
  System,
  TemporalStanding,
  TimelineExecution,
  TimelineStep,
  Verification,
  Wait,
} from './types.ts';
  WorkerStanding,
