import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyState } from '../../run-fold.ts';
import type { AgentState, RunEvent, RunState } from '../../types.ts';
import { bar, progressLines, runProgress, type ProgressView } from './progress.ts';
import { tableLines } from './table.ts';
import { cut, duration, plain, widthOf } from './text.ts';
import { colours, noColours, wantsColours } from './theme.ts';
import { timelineLine } from './timeline.ts';

const event = (type: string, data: Record<string, unknown> = {}, more: Partial<RunEvent> = {}): RunEvent => ({
  seq: 7,
  at: '2026-01-01T10:20:30.000Z',
  recordedAt: '2026-01-01T10:20:30.000Z',
  type,
  data,
  ...more,
});
const agentAt = (step: string, more: Partial<AgentState> = {}): AgentState => ({
  status: 'running',
  calls: 1,
  step,
  attempt: 1,
  progress: 0.25,
  message: 'reading',
  startedAt: '2026-01-01T10:20:00.000Z',
  endedAt: null,
  ...more,
});
const stateWith = (agents: Record<string, AgentState>, more: Partial<RunState> = {}): RunState => ({
  ...emptyState('run-1'),
  blueprint: 'crawl',
  startedAt: '2026-01-01T10:20:00.000Z',
  agents,
  ...more,
});
const view = (state: RunState, more: Partial<ProgressView> = {}): ProgressView => ({
  state,
  lives: new Map(),
  failing: new Set(),
  link: { transport: 'websocket' },
  theme: noColours,
  columns: 80,
  nowMs: Date.parse('2026-01-01T10:20:30.000Z'),
  rows: 10,
  ...more,
});
const words = (line: string | null) => line?.replace(/^\S+ /, '');

describe('text from a run', () => {
  it('reaches the terminal without escape sequences and control characters', () => {
    expect(plain('\u001B[31mred\u001B[0m\u0007 a\r\n\tb\u0000 \u202Ereversed')).toBe('red a b reversed');
    expect(plain('\u001B]0;title\u0007x\u009B2Jy')).not.toMatch(/\p{Cc}/u);
  });

  it('is never wider than it may be, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 0, max: 40 }), (text, columns) => {
        const fitted = cut(plain(text), columns);
        expect(widthOf(fitted)).toBeLessThanOrEqual(columns);
        if (widthOf(plain(text)) <= columns) expect(fitted).toBe(plain(text));
      }),
    );
    expect(cut('日本語日本語', 6)).toBe('日本…');
  });

  it('tells durations as people do', () => {
    expect([12, 3_210, 245_000, 7_380_000].map(duration)).toEqual(['12 ms', '3.2 s', '4 min 05 s', '2 h 03 min']);
  });
});

describe('the timeline', () => {
  const options = { theme: noColours, columns: 200 };

  it('says what happened, where and why', () => {
    const line = (type: string, data?: Record<string, unknown>, more?: Partial<RunEvent>) =>
      words(timelineLine(event(type, data, more), options));
    expect(line('run.started', { blueprint: 'crawl', input: { url: 'u' } })).toBe('7    ▸ started crawl {"url":"u"}');
    expect(line('supervisor.decided', { goto: ['a', 'b'], reason: 'both' })).toBe('7    • → a + b (both)');
    const usage = { inputTokens: 120, outputTokens: 8 };
    expect(line('supervisor.decided', { goto: 'a', reason: 'next', usage })).toBe('7    • → a (next) [120 + 8 tokens]');
    expect(line('supervisor.decision_failed', { error: { code: 'model_limited', message: 'later' }, usage })).toBe(
      '7    ! the model made no decision: model_limited: later [120 + 8 tokens]',
    );
    expect(line('agent.emitted', { kind: 'log', message: 'hello' }, { step: 'a#1' })).toBe('7    • a#1 log hello');
    expect(line('agent.emitted', { kind: 'page', url: 'u', status: 200 })).toBe('7    • page url=u status=200');
    expect(line('agent.attempt_failed', { code: 'x', message: 'y' }, { attempt: 2 })).toBe(
      '7    ! attempt 2 failed: x: y',
    );
    expect(line('question.answered', { question: 'q-1', by: 'ann', answer: true, have: 1, need: 2 })).toBe(
      '7    ✓ q-1 answered by ann true (1 of 2)',
    );
    expect(line('run.failed', { error: { code: 'agent_failed', message: 'no' } })).toBe(
      '7    ✗ failed: agent_failed: no',
    );
    expect(line('run.cancelled', { by: 'bob', reason: 'enough' })).toBe('7    ■ cancelled by bob (enough)');
  });

  it('leaves progress to the bars, and shows types that it does not know', () => {
    expect(timelineLine(event('agent.progressed', { fraction: 0.5 }), options)).toBeNull();
    expect(words(timelineLine(event('agent.pondered', { a: 1 }), options))).toBe('7    • agent.pondered {"a":1}');
  });

  it('fits any terminal, with any data', () => {
    const data = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue(), { maxKeys: 4 });
    const types = fc.constantFrom(
      'run.started',
      'supervisor.decided',
      'agent.emitted',
      'question.asked',
      'question.answered',
      'run.failed',
      'agent.completed',
      'new.type',
    );
    fc.assert(
      fc.property(types, data, fc.integer({ min: 20, max: 120 }), (type, values, columns) => {
        const line = timelineLine(event(type, values, { step: 'agent#1' }), {
          theme: colours,
          columns,
        });
        expect(widthOf(line ?? '')).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('the live part of the screen', () => {
  it('has a bar with the message for each agent, newest frame over the last event', () => {
    const state = stateWith({ crawler: agentAt('crawler#1') });
    const live = { agent: 'crawler', step: 'crawler#1', attempt: 1, at: '', fraction: 0.5, message: '5 of 10 pages' };
    const lines = progressLines(view(state, { lives: new Map([['crawler#1', live]]) }));
    expect(lines[0]).toBe('crawl · run-1 · running · 0 % · 30.0 s · websocket');
    expect(lines[1]).toBe(`crawler#1 ${'█'.repeat(10)}${'░'.repeat(10)}  50 % 5 of 10 pages`);
  });

  it('does not let a late frame of a given-up attempt, or of an ended agent, count', () => {
    const live = { agent: 'a', step: 'a#1', attempt: 1, at: '', fraction: 0.9, message: 'old' };
    const lives = new Map([['a#1', live]]);
    expect(progressLines(view(stateWith({ a: agentAt('a#1', { attempt: 2 }) }), { lives }))[1]).toContain(
      '25 % reading',
    );
    const ended = agentAt('a#1', { status: 'failed', progress: 1, endedAt: '2026-01-01T10:20:10.000Z' });
    expect(progressLines(view(stateWith({ a: ended }), { lives }))[1]).toContain('100 % failed');
  });

  it('counts attempts once one has failed, not those that go on after an answer', () => {
    const state = stateWith({ a: agentAt('a#1', { attempt: 2 }) });
    expect(progressLines(view(state))[1]).toMatch(/25 % reading$/);
    expect(progressLines(view(state, { failing: new Set(['a#1']) }))[1]).toMatch(/25 % attempt 2: reading$/);
  });

  it("adds what open agents have done of their share to the run's progress", () => {
    const state = stateWith({ a: agentAt('a#1', { span: [0.5, 1] }) }, { progress: 0.5 });
    const live = { agent: 'a', step: 'a#1', attempt: 1, at: '', fraction: 0.5 };
    expect(runProgress(state, new Map([['a#1', live]]))).toBeCloseTo(0.75);
  });

  it('shows open questions, and why there is no connection', () => {
    const question = { id: 'q-3', status: 'open', message: 'Go on?' } as RunState['questions'][number];
    const lines = progressLines(view(stateWith({}, { questions: [question] }), { link: { lost: 'it broke' } }));
    expect(lines[0]).toContain('no connection (it broke)');
    expect(lines.at(-1)).toBe('? q-3: Go on?');
  });

  it('fits any terminal: bars go first, and agents beyond the rows are counted', () => {
    const agents = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`agent-${n}`, agentAt(`agent-${n}#1`)]));
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 1, max: 14 }), (columns, rows) => {
        const lines = progressLines(view(stateWith(agents), { columns, rows, theme: colours }));
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
        expect(lines.length).toBe(1 + Math.min(rows, 12) + (rows < 12 ? 1 : 0));
      }),
    );
    expect(progressLines(view(stateWith(agents), { columns: 40 })).join('')).not.toContain('█');
  });

  it('fills a bar from nothing to all', () => {
    expect([0, 0.5, 1, 1.5, -1].map((fraction) => bar(fraction, 4))).toEqual(['░░░░', '██░░', '████', '████', '░░░░']);
  });
});

describe('a table', () => {
  const rows = [
    { id: 'a-rather-long-run-id', status: 'running', note: 'something to say' },
    { id: 'b', status: 'failed', note: '' },
  ];
  const columns = [
    { title: 'RUN', cell: (row: (typeof rows)[number]) => row.id, whole: true as const },
    { title: 'STATUS', cell: (row: (typeof rows)[number]) => row.status },
    { title: 'NOTE', cell: (row: (typeof rows)[number]) => row.note, yields: 1 },
  ];

  it('has its columns below one another', () => {
    expect(tableLines(rows, columns, 80, noColours)).toEqual([
      'RUN                   STATUS   NOTE',
      'a-rather-long-run-id  running  something to say',
      'b                     failed   ',
    ]);
  });

  it('fits the terminal: columns that may yield go, then cells are cut, and ids never', () => {
    expect(tableLines(rows, columns, 46, noColours)[1]).toBe('a-rather-long-run-id  running  something to s…');
    expect(tableLines(rows, columns, 34, noColours)[1]).toBe('a-rather-long-run-id  running');
    expect(tableLines(rows, columns, 26, noColours)[1]).toBe('a-rather-long-run-id  run…');
  });
});

describe('colours', () => {
  it('are for terminals only, and NO_COLOR takes them away', () => {
    expect(wantsColours(true, {})).toBe(true);
    expect(wantsColours(false, {})).toBe(false);
    expect(wantsColours(true, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColours(true, { TERM: 'dumb' })).toBe(false);
    expect(wantsColours(false, { FORCE_COLOR: '1' })).toBe(true);
  });
});
