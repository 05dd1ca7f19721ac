/**
 * What may be done to a run, by whom, and in which state: the one table of it. The gateway decides; this says the same
 * before somebody asks it in vain. Pure.
 *
 * | act | while it is open | once it has ended |
 * |---|---|---|
 * | begin | on hold | – |
 * | pause, unpause | yes, while nobody cancels it; no, while it is not paused | – |
 * | pause-step, unpause-step, retry-step | where a step stands so | – |
 * | reset | yes, while nobody cancels it | yes |
 * | cancel, terminate | yes | – |
 * | message, retry | – | yes |
 * | resume | – | unless it has completed |
 * | fork, verify, export, delete | yes | yes |
 */
import { endedStatuses, type Me, type PendingStep, type RunStatus } from '../../../../client/index.ts';

export const actNames = [
  'begin',
  'resume',
  'retry',
  'reset',
  'fork',
  'message',
  'pause',
  'unpause',
  'retry-step',
  'pause-step',
  'unpause-step',
  'verify',
  'export',
  'cancel',
  'terminate',
  'delete',
] as const;
export type ActName = (typeof actNames)[number];

/** What the table is asked about. */
export interface ActFacts {
  status: RunStatus;
  isPaused: boolean;
  /** Whether any step has begun. */
  hasSteps: boolean;
  /** The steps that are open; null while that is not known. */
  pending: readonly Pick<PendingStep, 'step' | 'state'>[] | null;
}

export interface Act {
  label: string;
  does: string;
  /** `owner`: whoever started the run, and ops. */
  who: 'owner' | 'ops';
  group: 'Go on' | 'Hold' | 'Look' | 'End';
  isDanger?: true;
  /** null: it may be done. */
  whyNot: (facts: ActFacts) => string | null;
}

const ended = 'It has ended.';
const notEnded = 'It has not ended yet.';
const cancelling = 'It is being cancelled: wait for its end, or terminate it.';

const isEnded = ({ status }: ActFacts) => endedStatuses.has(status);
const openOnly = (facts: ActFacts) => (isEnded(facts) ? ended : null);
const endedOnly = (facts: ActFacts) => (isEnded(facts) ? null : notEnded);

/** Where some open step stands as the act wants it. */
function stepOnly(facts: ActFacts, wanted: ActName, none: string): string | null {
  if (isEnded(facts)) return ended;
  if (facts.pending === null) return 'How its steps stand is not known yet.';
  return stepsFor(wanted, facts.pending).length === 0 ? none : null;
}

const stepStates: Readonly<Partial<Record<ActName, readonly PendingStep['state'][]>>> = {
  'retry-step': ['backoff', 'paused'],
  'pause-step': ['queued', 'at_work', 'backoff'],
  'unpause-step': ['paused', 'pausing'],
};

/** The open steps that the act could be about. */
export function stepsFor(act: ActName, pending: NonNullable<ActFacts['pending']>): string[] {
  return pending.filter(({ state }) => stepStates[act]?.includes(state) === true).map(({ step }) => step);
}

export const acts: Readonly<Record<ActName, Act>> = {
  begin: {
    label: 'Begin',
    does: 'It was started on hold, and begins now.',
    who: 'owner',
    group: 'Go on',
    whyNot: ({ status }) => (status === 'pending' ? null : 'It is not on hold.'),
  },
  resume: {
    label: 'Resume',
    does: 'It goes on from the step that failed, in the same log.',
    who: 'ops',
    group: 'Go on',
    whyNot: (facts) => (facts.status === 'completed' ? 'It has completed: reset it to a step.' : endedOnly(facts)),
  },
  retry: {
    label: 'Retry',
    does: 'The same input once more, from the beginning.',
    who: 'ops',
    group: 'Go on',
    whyNot: endedOnly,
  },
  reset: {
    label: 'Reset',
    does: 'It goes on from before a step, on the code of today.',
    who: 'ops',
    group: 'Go on',
    whyNot: ({ status, hasSteps }) =>
      status === 'cancelling' ? cancelling : hasSteps ? null : 'No step has begun yet.',
  },
  fork: {
    label: 'Fork',
    does: 'A new run with the same past; this one stays as it is.',
    who: 'ops',
    group: 'Go on',
    whyNot: () => null,
  },
  message: {
    label: 'Next message',
    does: 'The run goes on with another input, knowing what it knows.',
    who: 'owner',
    group: 'Go on',
    whyNot: endedOnly,
  },
  pause: {
    label: 'Pause',
    does: 'It waits before its next decision; what is at work ends first.',
    who: 'ops',
    group: 'Hold',
    whyNot: (facts) =>
      openOnly(facts) ?? (facts.status === 'cancelling' ? cancelling : facts.isPaused ? 'It is paused already.' : null),
  },
  unpause: {
    label: 'Unpause',
    does: 'It goes on, where its code fits what it has done.',
    who: 'ops',
    group: 'Hold',
    whyNot: (facts) => openOnly(facts) ?? (facts.isPaused ? null : 'It is not paused.'),
  },
  'retry-step': {
    label: 'Retry step now',
    does: 'Its next attempt begins at once, whatever it waits for.',
    who: 'ops',
    group: 'Hold',
    whyNot: (facts) => stepOnly(facts, 'retry-step', 'No step waits for its next attempt.'),
  },
  'pause-step': {
    label: 'Pause a step',
    does: 'Its attempt is told to stop, keeps its checkpoint, and the next one waits.',
    who: 'ops',
    group: 'Hold',
    whyNot: (facts) => stepOnly(facts, 'pause-step', 'No step is at work.'),
  },
  'unpause-step': {
    label: 'Unpause a step',
    does: 'Its next attempt begins.',
    who: 'ops',
    group: 'Hold',
    whyNot: (facts) => stepOnly(facts, 'unpause-step', 'No step is paused.'),
  },
  verify: {
    label: 'Verify',
    does: 'A worker replays it: does today’s code still do what its history says?',
    who: 'ops',
    group: 'Look',
    whyNot: () => null,
  },
  export: {
    label: 'Export',
    does: 'The whole run as a file that opens on any machine.',
    who: 'owner',
    group: 'Look',
    whyNot: () => null,
  },
  cancel: {
    label: 'Cancel',
    does: 'Its agents clean up, and it ends.',
    who: 'owner',
    group: 'End',
    whyNot: (facts) => openOnly(facts) ?? (facts.status === 'cancelling' ? 'It is being cancelled already.' : null),
  },
  terminate: {
    label: 'Terminate',
    does: 'It ends at once; nobody cleans up.',
    who: 'ops',
    group: 'End',
    isDanger: true,
    whyNot: openOnly,
  },
  delete: {
    label: 'Delete for good',
    does: 'Everything of it is gone, the archive’s copy too.',
    who: 'ops',
    group: 'End',
    isDanger: true,
    whyNot: () => null,
  },
};

/** What comes first in each state, where it may be done. */
const foremost: Readonly<Record<RunStatus, readonly ActName[]>> = {
  pending: ['begin', 'cancel'],
  running: ['pause', 'cancel'],
  waiting: ['pause', 'cancel'],
  paused: ['unpause', 'cancel'],
  stuck: ['verify', 'reset'],
  cancelling: ['terminate'],
  completed: ['message', 'fork'],
  failed: ['resume', 'fork'],
  cancelled: ['resume', 'fork'],
  terminated: ['resume', 'fork'],
  timed_out: ['resume', 'fork'],
};

export function foremostActs(facts: ActFacts, offered: readonly ActName[]): ActName[] {
  // A paused run whose agents still work is not shown as paused yet.
  const wanted = foremost[facts.status].map((act) => (act === 'pause' && facts.isPaused ? 'unpause' : act));
  return wanted.filter((act) => offered.includes(act) && acts[act].whyNot(facts) === null);
}

/** What this person's role may do to a run of this owner: nothing else is offered. */
export function offeredActs(me: Me | undefined, owner: string | null): ActName[] {
  if (me === undefined) return [];
  if (me.roles.includes('ops')) return [...actNames];
  const isOwner = me.authenticated && me.roles.includes('client') && me.name === owner;
  return isOwner ? actNames.filter((act) => acts[act].who === 'owner') : [];
}

export function isActName(name: unknown): name is ActName {
  return actNames.some((act) => act === name);
}
