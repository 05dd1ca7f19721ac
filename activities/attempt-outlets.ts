/** Where an attempt's events and progress go: to Temporal and to the live bus. */
import type { AgentLog } from '../protocol/agent.ts';
import { BatonError } from '../protocol/errors.ts';
import type { AgentTask } from '../protocol/execution.ts';
import type { LiveBus } from '../runtime/live-bus.ts';
import type { AgentServices } from './agent-services.ts';
import { systemClock } from './clock.ts';
import { EmitRefused } from './emit-refused.ts';
import { Emitter } from './emitter.ts';
import type { EventWriter, StepPlace } from './event-writer.ts';
import { type Progress, ProgressReporter } from './progress-reporter.ts';
import { sendEmit } from './send-emit.ts';

export function attemptEmitter(parts: {
  task: AgentTask;
  services: AgentServices;
  attempt: number;
  execution: { workflowId: string; runId: string } | undefined;
  /** What earlier attempts of this activity have used up of the budget. */
  spent: { signals: number; bytes: number } | undefined;
  log: AgentLog;
  onGone(): void;
}): Emitter {
  const { task, services, execution, log } = parts;
  if (!execution) throw new BatonError('internal', 'an agent runs only for a workflow');
  return new Emitter({
    step: task.step,
    attempt: parts.attempt,
    budget: task.emitBudget,
    spent: parts.spent ?? { signals: 0, bytes: 0 },
    send: async (signal) => {
      try {
        await sendEmit(services.client, execution, signal);
      } catch (error) {
        if (error instanceof EmitRefused && error.isGone) parts.onGone();
        throw error;
      }
    },
    store: async (drafts) =>
      await services.store.put(task.run, Buffer.from(JSON.stringify(drafts)), 'application/json'),
    onTrouble: (error, tries) => log.warn('events could not be sent, trying again', { err: error, tries }),
    clock: systemClock,
  });
}

export function attemptProgress(parts: {
  place: StepPlace;
  floor: { fraction: number; message: string };
  bus: LiveBus;
  /** Given where each notification is an event of the log. */
  events: EventWriter | null;
  log: AgentLog;
}): ProgressReporter {
  const { events, bus, log } = parts;
  const { run, ...place } = parts.place;
  const durable = (told: Progress) => {
    events?.progressed(told).catch((error: unknown) => {
      log.debug('progress came too late to be written', { err: error });
    });
  };
  return new ProgressReporter(
    parts.floor,
    {
      live: ({ atMs, ...frame }) => bus.publishLive(run, { ...place, at: new Date(atMs).toISOString(), ...frame }),
      durable: events ? durable : null,
    },
    systemClock,
  );
}
