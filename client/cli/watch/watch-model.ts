/** What a watch knows and says: `(model, item) → lines`, with the model changed in place. No I/O. */
import { fold } from '../../run-fold.ts';
import type { LiveFrame, Question, RunEvent, RunState } from '../../types.ts';
import type { WatchItem } from '../../watch-run.ts';
import type { ProgressView } from '../render/progress.ts';
import { plain } from '../render/text.ts';
import type { Theme } from '../render/theme.ts';
import { timelineLine } from '../render/timeline.ts';

export interface WatchModel {
  /** Where the run stands now: while an old log is replayed, ahead of the events that are shown. */
  state: RunState;
  /** The last event that was shown: where to come back to. */
  lastSeq: number;
  lives: Map<string, LiveFrame>;
  /** Open steps of which an attempt has failed. */
  failing: Set<string>;
  link: ProgressView['link'];
}

export function watchModel(state: RunState, after: number): WatchModel {
  return { state, lastSeq: after, lives: new Map(), failing: new Set(), link: null };
}

/** Lines for the timeline; `asides` are about the connection, not about the run. */
export function takeItem(
  model: WatchModel,
  item: WatchItem,
  options: { theme: Theme; columns: number },
): { lines: string[]; asides: string[] } {
  switch (item.kind) {
    case 'event': {
      const { event } = item;
      model.lastSeq = event.seq;
      takeEvent(model, event);
      const line = timelineLine(event, options);
      return { lines: line === null ? [] : [line], asides: howToAnswer(model, event) };
    }
    case 'snapshot':
      if (item.state.lastSeq >= model.state.lastSeq) model.state = item.state;
      return { lines: [], asides: [] };
    case 'live':
      model.lives.set(item.live.step, item.live);
      return { lines: [], asides: [] };
    case 'gap': {
      // What was shown is not what the log has now, so neither is the state.
      if (item.from <= model.lastSeq) model.state.lastSeq = Math.min(model.state.lastSeq, item.from - 1);
      model.lastSeq = Math.max(model.lastSeq, item.to);
      const span = item.from === item.to ? `event ${item.from} is` : `events ${item.from} to ${item.to} are`;
      return { lines: [options.theme.yellow(`… ${span} not in the log any more`)], asides: [] };
    }
    case 'transport':
      return { lines: [], asides: linkChanged(model, item) };
    case 'notice':
      return { lines: [], asides: [noticeWords(item.code)] };
    case 'end':
      return { lines: [], asides: [] };
  }
}

function takeEvent({ state, lives, failing }: WatchModel, event: RunEvent): void {
  const { type, step } = event;
  if (event.seq > state.lastSeq) {
    // It goes on, so it is stuck no more. The fold knows nothing of that status.
    if (state.status === 'stuck') state.status = 'running';
    fold(state, event);
  }
  if (type.startsWith('run.')) lives.clear();
  if (step === undefined) return;
  if (type === 'agent.completed' || type === 'agent.failed') lives.delete(step);
  if (type === 'agent.attempt_failed') failing.add(step);
  if (type === 'agent.started') failing.delete(step);
}

/** Said once when it is lost and once when it is back, however often it is tried in between. */
function linkChanged(model: WatchModel, item: WatchItem & { kind: 'transport' }): string[] {
  const wasLost = model.link !== null && 'lost' in model.link;
  if (item.status === 'open') {
    model.link = { transport: item.transport };
    return wasLost ? [`connected again (${item.transport})`] : [];
  }
  const reason = plain(item.reason);
  model.link = { lost: reason };
  return wasLost ? [] : [`${reason}; trying again until it is back`];
}

/** False while an old log is replayed. */
export function isCaughtUp({ state, lastSeq }: WatchModel): boolean {
  return lastSeq >= state.lastSeq;
}

export function openQuestions(model: WatchModel): Question[] {
  return model.state.questions.filter(({ status }) => status === 'open');
}

/** The last lines of a watch: how it ended, and what can be done about it. */
export function endingLines(state: RunState, theme: Theme): string[] {
  const id = plain(state.id);
  switch (state.status) {
    case 'completed': {
      if (state.result === null || state.result === undefined) return [];
      return JSON.stringify(state.result, null, 2).split('\n').map(plainIndented);
    }
    case 'failed': {
      const { code = 'internal', message = '', step } = state.error ?? {};
      const where = step === undefined ? '' : ` in ${plain(step)}`;
      return [
        theme.red(`failed${where}: ${plain(code)}: ${plain(message)}`),
        theme.dim(`baton show ${id}    baton resume ${id} --dry-run    baton retry ${id}`),
      ];
    }
    default:
      return [];
  }
}

/** For who reads along where nothing can be asked: a file, a pipe. Not of questions that are closed by now. */
function howToAnswer(model: WatchModel, { type, data }: RunEvent): string[] {
  if (type !== 'question.asked') return [];
  const { run, id } = data['question'] as Partial<Question>;
  return openQuestions(model).some((question) => question.id === id) ? [`baton answer ${plain(run)} ${plain(id)}`] : [];
}

function plainIndented(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ''}${plain(line)}`;
}

function noticeWords(code: string): string {
  if (code === 'temporal_down') return 'Temporal does not answer: the run stands still until it does';
  if (code === 'temporal_up') return 'Temporal answers again';
  return plain(code);
}
