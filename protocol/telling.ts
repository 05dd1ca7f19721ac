/**
 * How ends and questions of runs are told to webhooks: one small workflow beside each run that has one, which posts one
 * event after another. Plain: the workflow bundle imports this file.
 */

/** Workflow type. It has no `BatonBlueprint`: lists of runs don't show it. */
export const tellerType = 'batonTeller';

/** To whom: the webhook of the operator (BATON_WEBHOOK_URL), or the run's own. */
export type TellingTo = { to: 'operator' } | { to: 'run'; url: string };

export type TellerInput = TellingTo & {
  run: string;
  /** The last seq that needs no telling. */
  after: number;
  /** The log will reach this seq: an execution that begins with it is on its way. */
  expected: number;
  /** Of the event after `after`, where it has failed before. */
  failing?: Failing;
};

export interface Failing {
  /** Epoch milliseconds. */
  sinceMs: number;
  tries: number;
}

/** Input of the activity `tell`. */
export type TellTask = TellingTo & { run: string; after: number; expected: number };

/**
 * Result of the activity `tell`, which posts at most one event: `told` up to this seq; `failed` at this one; `over`, the
 * run has ended and everything is told, up to this one.
 */
export type Told = { kind: 'told' | 'over'; after: number } | { kind: 'failed'; seq: number; message: string };

/** Signal to a teller: the run goes on. Sent before the execution begins, so that no death in between loses it. */
export const expectSignal = 'expect';

export interface ExpectSignal {
  /** Seq of the execution's first event. */
  expected: number;
}

/** No run can have such an id: they have no slash. */
export function tellerId(run: string, to: TellingTo['to']): string {
  return `tell/${to}/${run}`;
}

/** Telling waits long for slow receivers: it has slots of its own beside those of agents. */
export function tellQueue(taskQueue: string): string {
  return `${taskQueue}-tell`;
}

/** In `BatonStatus` of a teller. */
export const tellerStatus = { telling: 'telling', failing: 'failing' } as const;

/** Query of Temporal's visibility. */
export const failingTellers = `WorkflowType = '${tellerType}' AND ExecutionStatus = 'Running' AND BatonStatus = '${tellerStatus.failing}'`;

export const toldTypes = [
  'question.asked',
  'question.expired',
  'run.completed',
  'run.failed',
  'run.cancelled',
  'run.terminated',
  'run.timed_out',
] as const;
