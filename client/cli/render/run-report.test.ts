import { describe, expect, it } from 'vitest';
import type { PendingStep, Timeline, TimelineStep } from '../../types.ts';
import { adviceFor, reportLines } from './run-report.ts';
import { noColours } from './theme.ts';
import { widthOf } from './text.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();
const nowMs = Date.parse(at(100));
const step = (more: Partial<TimelineStep> = {}): TimelineStep => ({
  step: 'smith#1',
  agent: 'smith',
  seq: 3,
  status: 'completed',
  decision: { seq: 2, at: at(0), iteration: 1, reason: 'it is time', model: null },
  delegatedBy: null,
  instructions: null,
  planStep: null,
  startedAt: at(0),
  endedAt: at(3),
  durationMs: 3_200,
  progress: 1,
  message: 'done',
  attempts: [],
  waits: [],
  waitedMs: { person: 0, queue: 0, backoff: 0, paused: 0, delegation: 0 },
  usage: { inputTokens: 0, outputTokens: 0 },
  cost: null,
  questions: [],
  emitted: 0,
  error: null,
  result: null,
  update: null,
  ...more,
});
const timeline = (more: Partial<Timeline> = {}): Timeline => ({
  run: 'run-1',
  blueprint: 'b',
  status: 'completed',
  owner: null,
  startedAt: at(0),
  endedAt: null,
  lastSeq: 9,
  error: null,
  usage: { inputTokens: 0, outputTokens: 0 },
  cost: null,
  worker: null,
  steps: [],
  stepsTotal: more.steps?.length ?? 0,
  next: null,
  marks: [],
  executions: [],
  isCut: false,
  from: null,
  forks: [],
  now: { paused: null, stuck: null, pending: [], questions: [] },
  ...more,
});
const pending = (state: PendingStep['state']): PendingStep => ({
  step: 'smith#2',
  agent: 'smith',
  state,
  attempt: 2,
  scheduledAt: at(90),
  startedAt: null,
  nextAttemptAt: state === 'backoff' ? at(107) : null,
  lastHeartbeatAt: null,
  heartbeat: null,
  lastFailure: { code: 'model_limited', message: 'slow down' },
  worker: null,
  build: null,
});
const linesOf = (more: Partial<Timeline>, columns = 200) =>
  reportLines(timeline(more), { theme: noColours, columns, nowMs, steps: 50 });
const commandsOf = (more: Partial<Timeline>) => adviceFor(timeline(more)).map(([command]) => command);

describe('the report of a run', () => {
  it('has a line a step: how it ended, how long it took, and why it was called', () => {
    expect(linesOf({ steps: [step(), step({ step: 'clerk#1', decision: null, delegatedBy: 'smith#1' })] })).toEqual([
      '',
      'smith#1   completed      3.2 s  ← it is time',
      '└ clerk#1 completed      3.2 s  for smith#1',
    ]);
  });

  it('has below it what went wrong, what it waited for, and who was asked', () => {
    const lines = linesOf({
      steps: [
        step({
          attempts: [
            {
              attempt: 1,
              startedAt: null,
              endedAt: at(1),
              durationMs: 950,
              outcome: 'failed',
              error: { code: 'model_limited', message: 'slow\u001B[31m down' },
              worker: null,
            },
          ],
          waitedMs: { person: 61_000, queue: 20, backoff: 1_500, paused: 0, delegation: 0 },
          questions: [
            {
              id: 'q-5',
              kind: 'k',
              message: 'Shall it?',
              askedAt: at(1),
              closedAt: at(62),
              status: 'answered',
              answers: [{ by: 'olga', onBehalfOf: 'ann', answer: 1, at: at(62) }],
            },
          ],
        }),
      ],
    });
    expect(lines.slice(2)).toEqual([
      '    ✖ attempt 1 failed after 950 ms: model_limited: slow down',
      '    waited 1 min 01 s for a person, 1.5 s between attempts',
      '    ? q-5 Shall it? (answered by olga for ann after 1 min 01 s)',
    ]);
  });

  it('says what is pending, and when it goes on', () => {
    expect(linesOf({ status: 'running', now: { ...timeline().now, pending: [pending('backoff')] } })).toContain(
      'smith#2 waits for its next attempt, attempt 2, next in 7.0 s, last failure model_limited: slow down',
    );
  });

  it('is cut to the terminal, and shows the newest of many steps', () => {
    const steps = Array.from({ length: 60 }, (_, index) => step({ step: `smith#${index + 1}` }));
    const lines = linesOf({ steps, worker: { identity: 'w'.repeat(90), build: 'b1' } }, 40);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(40);
    expect(lines).toContain('… 10 steps before these: --steps');
  });
});

describe('what to do next', () => {
  it('fits how the run stands', () => {
    expect(commandsOf({ status: 'failed', steps: [step({ status: 'failed', step: 'smith#2' })] })).toEqual([
      'baton resume run-1 --dry-run',
      'baton retry run-1 --dry-run',
      'baton logs run-1 --agent smith#2',
    ]);
    const { now } = timeline();
    const paused = { by: 'olga', at: at(1), reason: null };
    expect(commandsOf({ status: 'paused', now: { ...now, paused } })).toEqual(['baton unpause run-1']);
    expect(commandsOf({ status: 'paused', now: { ...now, pending: [pending('paused')] } })).toEqual([
      'baton unpause run-1 smith#2',
    ]);
    expect(commandsOf({ status: 'running', now: { ...now, pending: [pending('backoff')] } })).toEqual([
      'baton retry-step run-1 smith#2',
    ]);
    expect(commandsOf({ status: 'stuck' })[0]).toBe('baton verify run-1');
    expect(commandsOf({ status: 'completed' })).toEqual([]);
  });
});
