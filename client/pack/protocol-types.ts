/** The declarations of types.ts without zod: every type that the client shows, written out from its schema. */
import { z } from 'zod';
import {
  answerOutcomeSchema,
  blueprintViewSchema,
  editsSchema,
  predictionSchema,
  runSummarySchema,
} from '../../protocol/schemas/commands.ts';
import { logLineSchema, logLinesSchema } from '../../protocol/schemas/agent-logs.ts';
import { archivedRunViewSchema } from '../../protocol/schemas/archive.ts';
import { jobPreviewSchema, jobResultSchema, jobSchema } from '../../protocol/schemas/jobs.ts';
import { failureGroupSchema, failureGroupsSchema, runCountSchema } from '../../protocol/schemas/runs-query.ts';
import { blobRefSchema, eventSchema, liveSchema } from '../../protocol/schemas/event.ts';
import { attendeeSchema } from '../../protocol/schemas/presence.ts';
import { questionSchema } from '../../protocol/schemas/question.ts';
import {
  agentStateSchema,
  planStepSchema,
  runErrorSchema,
  runStateSchema,
  runStatusSchema,
  runViewSchema,
} from '../../protocol/schemas/state.ts';
import {
  attemptSchema,
  pendingStepSchema,
  timelineExecutionSchema,
  timelineSchema,
  timelineStepSchema,
  waitSchema,
} from '../../protocol/schemas/timeline.ts';
import { meSchema } from '../../protocol/schemas/me.ts';
import { verificationSchema } from '../../protocol/schemas/verification.ts';
import { deletionSchema, ownerDeletionSchema } from '../../protocol/schemas/deletion.ts';
import { findingSchema, findingsSchema } from '../../protocol/schemas/findings.ts';
import {
  gatewayStandingSchema,
  queueStandingSchema,
  systemSchema,
  temporalStandingSchema,
  workerStandingSchema,
} from '../../protocol/schemas/system.ts';
import { declareType, type Schema } from './declare-type.ts';

/** A test holds that these are the exports of types.ts, and that each is the same type. */
export const shownTypes = {
  AgentState: agentStateSchema,
  AnswerOutcome: answerOutcomeSchema,
  ArchivedRunView: archivedRunViewSchema,
  AttemptView: attemptSchema,
  Attendee: attendeeSchema,
  BlobRef: blobRefSchema,
  BlueprintView: blueprintViewSchema,
  Deletion: deletionSchema,
  Edits: editsSchema,
  FailureGroup: failureGroupSchema,
  FailureGroups: failureGroupsSchema,
  Finding: findingSchema,
  Findings: findingsSchema,
  GatewayStanding: gatewayStandingSchema,
  Job: jobSchema,
  JobPreview: jobPreviewSchema,
  JobResult: jobResultSchema,
  LiveFrame: liveSchema,
  LogLine: logLineSchema,
  LogLines: logLinesSchema,
  Me: meSchema,
  OwnerDeletion: ownerDeletionSchema,
  PendingStep: pendingStepSchema,
  PlanStep: planStepSchema,
  Prediction: predictionSchema,
  Question: questionSchema,
  QueueStanding: queueStandingSchema,
  RunCount: runCountSchema,
  RunError: runErrorSchema,
  RunEvent: eventSchema,
  RunState: runStateSchema,
  RunStatus: runStatusSchema,
  RunSummary: runSummarySchema,
  RunView: runViewSchema,
  System: systemSchema,
  TemporalStanding: temporalStandingSchema,
  Timeline: timelineSchema,
  TimelineExecution: timelineExecutionSchema,
  TimelineStep: timelineStepSchema,
  Verification: verificationSchema,
  Wait: waitSchema,
  WorkerStanding: workerStandingSchema,
} as const;

export function protocolDeclarations(): string {
  const names = new Map(
    Object.entries(shownTypes).flatMap(([name, schema]) => {
      const id = schema.meta()?.id;
      return id === undefined ? [] : [[id, name] as const];
    }),
  );
  return Object.entries(shownTypes)
    .map(([name, schema]) => declareType(name, z.toJSONSchema(schema) as Schema, names))
    .join('\n');
}
