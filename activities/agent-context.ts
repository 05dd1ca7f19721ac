/** What an agent is given. Everything in it belongs to one attempt, and does nothing more once that has ended. */
import { setImmediate } from 'node:timers/promises';
import type { AgentContext, AgentLog } from '../protocol/agent.ts';
import type { AgentReturn, AgentTask } from '../protocol/execution.ts';
import { emitYieldMs } from '../protocol/limits.ts';
import type { BlobStore } from '../stores/blobs/blob-store.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Clock } from './clock.ts';
import type { EventWriter, StepPlace } from './event-writer.ts';
import type { ProgressReporter } from './progress-reporter.ts';

export function agentContext(parts: {
  task: AgentTask;
  /** Temporal's id of the execution. */
  execution: string;
  place: StepPlace;
  returned: readonly AgentReturn[];
  resumedFrom: unknown;
  signal: AbortSignal;
  progress: ProgressReporter;
  keepsMilestones: boolean;
  events: EventWriter;
  checkpoints: Checkpoints;
  store: BlobStore;
  log: AgentLog;
  clock: Clock;
}): AgentContext {
  const { task, place, progress, events, checkpoints, store, clock } = parts;
  const { run } = place;
  let othersHadTheirTurnAt = clock.now();
  const emit = async (kind: string, data: Record<string, unknown>) => {
    const emitted = events.emit(kind, data, clock.now());
    const milestone = parts.keepsMilestones ? progress.takeMilestone() : null;
    await (milestone ? Promise.all([emitted, events.progressed(milestone)]) : emitted);
    if (clock.now() - othersHadTheirTurnAt < emitYieldMs) return;
    await setImmediate();
    othersHadTheirTurnAt = clock.now();
  };
  return {
    run,
    step: place.step,
    attempt: place.attempt,
    owner: task.owner,
    instructions: task.instructions,
    context: task.context,
    returned: parts.returned,
    signal: parts.signal,
    idempotencyKey: `${run}/${place.step}`,
    workId: `${parts.execution}/${place.step}`,
    resumedFrom: parts.resumedFrom,
    progress: (fraction, message) => progress.report(fraction, message),
    text: (chunk) => progress.text(chunk),
    emit: (kind, data = {}) => {
      const emitted = emit(kind, data);
      // An agent need not wait for it: that it failed shows when the attempt ends.
      emitted.catch(() => undefined);
      return emitted;
    },
    settled: async () => await events.settled(),
    checkpoint: (value) => checkpoints.set(value),
    storeBlob: async (bytes, type) => await store.put(run, bytes, type),
    readBlob: async ({ ref }) => await store.get(run, ref),
    log: parts.log,
  };
}
