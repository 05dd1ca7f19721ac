/** A run's timeline for people: a line a step, what went wrong below it, and what to do next. Pure. */
import type { AttemptView, PendingStep, Timeline, TimelineStep } from '../../types.ts';
import { cut, duration, padEnd, plain, widthOf } from './text.ts';
import { paintStatus, type Theme } from './theme.ts';

export interface ReportOptions {
  theme: Theme;
  columns: number;
  nowMs: number;
  /** The newest steps that are shown. */
  steps: number;
}

export function reportLines(timeline: Timeline, options: ReportOptions): string[] {
  const sections = [
    chainLines(timeline, options),
    stepLines(timeline, options),
    pendingLines(timeline, options),
    adviceLines(timeline, options),
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]);
}

/** Executions, where there is more than the first; where the run comes from, and what comes from it. */
function chainLines({ executions, isCut, forks, worker, usage, cost }: Timeline, { theme, columns }: ReportOptions) {
  const lines: string[] = [];
  if (isCut) lines.push(theme.yellow('the beginning is past retention'));
  const begun = executions.filter(({ cause }) => cause !== null && cause !== 'run.started');
  for (const { cause, by, via, from, at, fromSeq } of begun) {
    const who = [by === null ? '' : `by ${by}`, via === null ? '' : `via ${via}`, from === null ? '' : `from ${from}`];
    lines.push(
      cut(plain(`${cause?.slice('run.'.length)} ${who.filter(Boolean).join(' ')} at ${at}, seq ${fromSeq}`), columns),
    );
  }
  for (const { run, status } of forks) lines.push(`fork ${plain(run)} ${paintStatus(theme, status)}`);
  if (worker)
    lines.push(
      theme.dim(
        cut(plain(`worker ${worker.identity}${worker.build === null ? '' : `, build ${worker.build}`}`), columns),
      ),
    );
  const tokens = usage.inputTokens + usage.outputTokens;
  if (tokens > 0)
    lines.push(
      theme.dim(
        `tokens ${usage.inputTokens} in, ${usage.outputTokens} out${cost === null ? '' : `, cost ${money(cost)}`}`,
      ),
    );
  return lines;
}

function stepLines({ steps, stepsTotal }: Timeline, options: ReportOptions): string[] {
  const shown = steps.slice(-options.steps);
  const hidden = stepsTotal - shown.length;
  const names = Math.min(40, Math.max(0, ...shown.map((step) => widthOf(nameOf(step)))));
  return [
    ...(hidden > 0 ? [options.theme.dim(`… ${hidden} steps before these: --steps`)] : []),
    ...shown.flatMap((step) => [stepLine(step, names, options), ...detailLines(step, options)]),
  ];
}

function stepLine(step: TimelineStep, names: number, { theme, columns, nowMs }: ReportOptions): string {
  const name = padEnd(cut(nameOf(step), names), names);
  const status = step.status.padEnd(10);
  const facts = [
    duration(step.durationMs ?? nowMs - Date.parse(step.startedAt)).padStart(9),
    step.attempts.length > 1 ? `${step.attempts.at(-1)?.attempt} attempts` : '',
    step.cost === null || step.cost === 0 ? '' : money(step.cost),
    step.decision === null ? `for ${plain(step.delegatedBy ?? '')}` : `← ${plain(step.decision.reason)}`,
  ].filter((fact) => fact !== '');
  const room = columns - names - status.length - 2;
  return `${name} ${paintStatus(theme, step.status, status)} ${theme.dim(cut(facts.join('  '), room))}`.trimEnd();
}

function detailLines(step: TimelineStep, { theme, columns }: ReportOptions): string[] {
  const lines = step.attempts.filter(isFault).map((attempt) => theme.red(cut(`    ${attemptWords(attempt)}`, columns)));
  if (step.error !== null && !step.attempts.some(({ error }) => error !== null))
    lines.push(theme.red(cut(`    ✖ ${plain(step.error.code)}: ${plain(step.error.message)}`, columns)));
  const waited = Object.entries(step.waitedMs).filter(([, ms]) => ms >= waitWorthTellingMs);
  if (waited.length > 0) {
    const words = waited.map(([kind, ms]) => `${duration(ms)} ${waitWords[kind] ?? kind}`).join(', ');
    lines.push(theme.dim(cut(`    waited ${words}`, columns)));
  }
  for (const { id, message, status, askedAt, closedAt, answers } of step.questions) {
    const who = answers
      .map(({ by, onBehalfOf }) => (onBehalfOf === undefined ? by : `${by} for ${onBehalfOf}`))
      .join(', ');
    const after = closedAt === null ? '' : ` after ${duration(Date.parse(closedAt) - Date.parse(askedAt))}`;
    const words = `    ? ${id} ${message} (${status}${who === '' ? '' : ` by ${who}`}${after})`;
    lines.push(theme.yellow(cut(plain(words).padStart(words.length), columns)));
  }
  return lines;
}

/** Below it a wait is the machinery's. */
const waitWorthTellingMs = 1_000;
const waitWords: Readonly<Record<string, string>> = {
  person: 'for a person',
  queue: 'in the queue',
  backoff: 'between attempts',
  paused: 'paused',
  delegation: 'for another agent',
};

function isFault({ outcome, error }: AttemptView): boolean {
  return error !== null && (outcome === 'failed' || outcome === 'lost');
}

function attemptWords({ attempt, outcome, error, durationMs }: AttemptView): string {
  const took = durationMs === null ? '' : ` after ${duration(durationMs)}`;
  return `✖ attempt ${attempt} ${outcome}${took}: ${plain(error?.code ?? '')}: ${plain(error?.message ?? '')}`;
}

function pendingLines({ now }: Timeline, options: ReportOptions): string[] {
  const { theme, columns } = options;
  const lines: string[] = [];
  if (now.stuck !== null)
    lines.push(theme.red(cut(`stuck: the code of the blueprint fails: ${plain(now.stuck.message)}`, columns)));
  if (now.paused !== null)
    lines.push(
      `paused by ${plain(now.paused.by)} at ${plain(now.paused.at)} ${plain(now.paused.reason ?? '')}`.trimEnd(),
    );
  for (const step of now.pending) lines.push(cut(pendingWords(step, options), columns));
  return lines;
}

function pendingWords(step: PendingStep, { nowMs }: ReportOptions): string {
  const since = (at: string | null) => (at === null ? '' : `${duration(nowMs - Date.parse(at))} ago`);
  const words = [`${step.step} ${stateWords[step.state]}, attempt ${step.attempt}`];
  if (step.state === 'queued') words.push(`since ${since(step.scheduledAt)}`);
  if (step.nextAttemptAt !== null)
    words.push(`next in ${duration(Math.max(0, Date.parse(step.nextAttemptAt) - nowMs))}`);
  if (step.lastHeartbeatAt !== null) words.push(`last sign of life ${since(step.lastHeartbeatAt)}`);
  if (step.heartbeat !== null) words.push(`${Math.floor(step.heartbeat.fraction * 100)} % ${step.heartbeat.message}`);
  if (step.lastFailure !== null) words.push(`last failure ${step.lastFailure.code}: ${step.lastFailure.message}`);
  if (step.worker !== null) words.push(`on ${step.worker}`);
  return plain(words.join(', '));
}

const stateWords: Readonly<Record<PendingStep['state'], string>> = {
  queued: 'waits for a worker',
  at_work: 'is at work',
  backoff: 'waits for its next attempt',
  paused: 'is paused',
  pausing: 'is being paused',
  cancelling: 'is being cancelled',
};

function adviceLines(timeline: Timeline, { theme }: ReportOptions): string[] {
  const advice = adviceFor(timeline);
  return advice.length === 0
    ? []
    : [theme.dim('next:'), ...advice.map(([command, why]) => `  ${command}  ${theme.dim(why)}`)];
}

/** Commands that fit how the run stands, the likeliest first. */
export function adviceFor({ run, status, steps, now }: Timeline): [command: string, why: string][] {
  const id = plain(run);
  const of = (command: string, rest = '') => `baton ${command} ${id}${rest}`;
  const failed = steps.findLast((step) => step.status === 'failed')?.step;
  switch (status) {
    case 'failed':
    case 'timed_out':
      return [
        [of('resume', ' --dry-run'), 'what going on from the step that failed would repeat'],
        [of('retry', ' --dry-run'), 'the same from the beginning'],
        ...(failed === undefined
          ? []
          : [[of('logs', ` --agent ${plain(failed)}`), 'what it wrote'] as [string, string]]),
      ];
    case 'cancelled':
    case 'terminated':
      return [[of('resume', ' --dry-run'), 'what going on from where it was ended would repeat']];
    case 'stuck':
      return [
        [of('verify'), 'where the code differs from the history'],
        [of('reset', ' STEP --dry-run'), 'on the code of today, from before a step'],
      ];
    case 'pending':
      return [[of('begin'), 'it is on hold']];
    case 'paused':
      return now.paused === null ? pausedSteps(now.pending, of) : [[of('unpause'), 'it is paused']];
    default:
      return [
        ...now.questions.map(({ id: question }): [string, string] => [
          of('answer', ` ${plain(question)}`),
          'a person is asked',
        ]),
        ...pausedSteps(now.pending, of),
        ...now.pending
          .filter(({ state }) => state === 'backoff')
          .map(({ step }): [string, string] => [
            of('retry-step', ` ${plain(step)}`),
            'begins its next attempt at once',
          ]),
      ];
  }
}

function pausedSteps(pending: readonly PendingStep[], of: (command: string, rest?: string) => string) {
  return pending
    .filter(({ state }) => state === 'paused')
    .map(({ step }): [string, string] => [of('unpause', ` ${plain(step)}`), 'the step is paused']);
}

/** Delegated steps stand below the one that waits for them. */
function nameOf({ step, delegatedBy }: TimelineStep): string {
  return `${delegatedBy === null ? '' : '└ '}${plain(step)}`;
}

function money(cost: number): string {
  return cost < 0.01 ? cost.toPrecision(2) : cost.toFixed(2);
}
