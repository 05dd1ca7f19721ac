/**
 * How the embedded server is tuned: Temporal's dynamic configuration. What is not named stays at Temporal's default,
 * such as the bounds of a history. Figures: docs/decisions/011-embedded-server-tuning.md.
 */
import { stuckWorkflowTaskAttempts } from '../../protocol/limits.ts';

export type DynamicValue = number | boolean | string;

const settings: Record<string, DynamicValue> = {
  // Queues are read at most so often per second and shard; at the default of 20 each step waits twice for a 50 ms tick.
  'history.transferProcessorMaxPollRPS': 5_000,
  'history.timerProcessorMaxPollRPS': 5_000,
  'history.visibilityProcessorMaxPollRPS': 5_000,
  // How far they are, which a deletion of what has ended just now waits for: up to two of the default of 30 s.
  'history.transferProcessorUpdateAckInterval': '2s',
  'history.visibilityProcessorUpdateAckInterval': '2s',
  // A run that goes on within a second of its last beginning (reset, retry, message) would stand still for the rest of it.
  'history.workflowIdReuseMinimalInterval': '0s',
  // Lists find a stuck run as early as its state shows it: protocol/limits.ts, stuckWorkflowTaskAttempts.
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': stuckWorkflowTaskAttempts,
  // The worker that completes a workflow task, or that starts a workflow, gets what follows in the same response.
  'system.enableActivityEagerExecution': true,
  'system.enableEagerWorkflowStart': true,
  // Long polls per namespace and method: each watched run is one.
  'frontend.namespaceCount': 20_000,
  // One machine, one user: its disk is the limit, not a quota.
  'frontend.persistenceMaxQPS': 20_000,
  'history.persistenceMaxQPS': 45_000,
  'matching.persistenceMaxQPS': 20_000,
  'frontend.rps': 20_000,
  'frontend.namespaceRPS': 20_000,
  'history.rps': 45_000,
  'matching.rps': 20_000,
  // Lists, and the readers that find runs by visibility where no bus tells them. The default is 10 a second.
  'frontend.namespaceRPS.visibility': 500,
};

/** Text of the dynamic configuration file: JSON, which is YAML. */
export function dynamicConfig(others: Readonly<Record<string, DynamicValue>> = {}): string {
  const entries = Object.entries({ ...settings, ...others }).map(([key, value]) => [key, [{ value, constraints: {} }]]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}
