/**
 * A run's log as the records of a task. What is told twice after a crash has the same `n`, and is told once; percents
 * never fall; the end is the run's own, so exactly one record ends a task.
 *
 *   queued ──▶ running ──▶ completed | failed | cancelled ──run goes on──▶ queued
 */
import { progressKind, stepTools, type AnalysisResult, type ScamStep } from '../../../agents/scam-analysis/contract.ts';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Translation } from '../translation.ts';
import type { ScamRecord } from './record.ts';

export interface ScamMessage {
  record: ScamRecord;
  /** Nothing follows. */
  isLast: boolean;
}

export interface ScamTask {
  status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** How often the task has begun: what was told before belongs to an earlier life of it. */
  life: number;
  /** Of the last record that was told. */
  step: ScamStep | null;
  percent: number;
  message: string | null;
  /** Records of the analysis so far. */
  n: number;
  result: AnalysisResult | null;
  error: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

const begins: ReadonlySet<string> = new Set(['run.started', 'run.retried', 'run.continued', 'run.reset']);

export const translation: Translation<ScamTask, ScamMessage> = {
  initial: () => fresh(0, null),
  event(task, event) {
    if (begins.has(event.type)) return { state: begun(task, event), messages: [] };
    if (event.type === 'agent.started') return { state: { ...task, status: 'running' }, messages: [] };
    if (event.type === 'agent.emitted' && event.data['kind'] === progressKind) return progressed(task, event);
    const end = endOf(task, event);
    return end === null ? { state: task, messages: [] } : ended(task, event, end);
  },
  isNeededWhole: ({ type }) => type === 'run.completed',
  encode: ({ record }) => JSON.stringify(record),
};

function fresh(life: number, startedAt: string | null): ScamTask {
  return {
    status: 'queued',
    life,
    step: null,
    percent: 0,
    message: null,
    n: 0,
    result: null,
    error: null,
    startedAt,
    finishedAt: null,
  };
}

/** A reset of an open run is the same life: it goes on from an earlier step, and who watches sees no percent fall. */
function begun(task: ScamTask, { type, at }: RunEvent): ScamTask {
  if (type === 'run.reset' && task.finishedAt === null) return { ...task, n: 0 };
  return fresh(task.life + 1, at);
}

function progressed(task: ScamTask, { at, data }: RunEvent): { state: ScamTask; messages: ScamMessage[] } {
  const n = Number.isSafeInteger(data['n']) ? Number(data['n']) : null;
  if (n !== null && n <= task.n) return { state: task, messages: [] };
  const step = isStep(data['step']) ? data['step'] : (task.step ?? 'entity_extraction');
  const message = typeof data['message'] === 'string' && data['message'] !== '' ? data['message'] : step;
  // The end of a relay: its words are told with the end of the run.
  if (step === 'completed' || step === 'failed') return { state: { ...task, message }, messages: [] };
  const percent = Math.max(task.percent, percentOf(data['percent']));
  const record = { step, tool: stepTools[step], message, percent, timestamp: at, error: data['error'] === true };
  return {
    state: { ...task, status: 'running', step, percent, message, n: n ?? task.n },
    messages: [{ record, isLast: false }],
  };
}

type End = Pick<ScamTask, 'status' | 'result'> & { message: string };

function endOf(task: ScamTask, { type, data }: RunEvent): End | null {
  switch (type) {
    case 'run.completed': {
      const result = isResult(data['result']) ? data['result'] : null;
      return { status: 'completed', result, message: result ? verdict(result) : (task.message ?? 'Finished') };
    }
    case 'run.failed': {
      const error = data['error'] as { message?: unknown } | null | undefined;
      return failed(typeof error?.message === 'string' ? `Check failed: ${error.message}` : 'Check failed');
    }
    case 'run.cancelled':
      return { status: 'cancelled', result: null, message: `Check cancelled${whyOf(data['reason'])}` };
    case 'run.terminated':
      return failed(`Check terminated${whyOf(data['reason'])}`);
    case 'run.timed_out':
      return failed('Check timed out');
    default:
      return null;
  }
}

function ended(task: ScamTask, { at }: RunEvent, end: End): { state: ScamTask; messages: ScamMessage[] } {
  const { status, result, message } = end;
  const isCompleted = status === 'completed';
  const step = isCompleted ? ('completed' as const) : ('failed' as const);
  const percent = isCompleted ? 100 : task.percent;
  const record: ScamRecord = { step, tool: null, message, percent, timestamp: at, error: !isCompleted };
  if (result) record.result = result;
  const error = isCompleted ? null : message;
  return {
    state: { ...task, status, step, percent, message, result, error, finishedAt: at },
    messages: [{ record, isLast: true }],
  };
}

function whyOf(reason: unknown): string {
  return typeof reason === 'string' && reason !== '' ? `: ${reason}` : '';
}

function failed(message: string): End {
  return { status: 'failed', result: null, message };
}

function verdict({ risk_level: risk }: AnalysisResult): string {
  return `Check finished: ${risk === 'none' ? 'no' : risk} risk`;
}

function isStep(value: unknown): value is ScamStep {
  return typeof value === 'string' && Object.hasOwn(stepTools, value);
}

function isResult(value: unknown): value is AnalysisResult {
  return typeof value === 'object' && value !== null && 'risk_level' in value && 'score' in value;
}

function percentOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(100, Math.max(0, Math.round(value))) : 0;
}
