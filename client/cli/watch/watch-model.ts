/** What a watch knows and says: `(model, item) → lines`, with the model changed in place. No I/O. */
import { emptyState, fold } from '../../run-fold.ts';
import type { LiveFrame, Question, RunEvent, RunState } from '../../types.ts';
import type { WatchItem } from '../../watch-run.ts';
import type { ProgressView } from '../render/progress.ts';
import { plain } from '../render/text.ts';
import type { Theme } from '../render/theme.ts';
import { timelineLine } from '../render/timeline.ts';

export interface WatchModel {
  state: RunState;
  /** The last event that was shown: where to come back to. */
  lastSeq: number;
  lives: Map<string, LiveFrame>;
  link: ProgressView['link'];
}

export function watchModel(run: string, after: number): WatchModel {
  return { state: emptyState(run), lastSeq: after, lives: new Map(), link: null };
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
      fold(model.state, event);
      if (event.step !== undefined && /^agent\.(completed|failed)$/.test(event.type)) model.lives.delete(event.step);
      if (event.type.startsWith('run.')) model.lives.clear();
      const line = timelineLine(event, options);
      return { lines: line === null ? [] : [line], asides: howToAnswer(event) };
    }
    case 'snapshot':
      if (item.state.lastSeq >= model.state.lastSeq) model.state = item.state;
      return { lines: [], asides: [] };
    case 'live':
      model.lives.set(item.live.step, item.live);
      return { lines: [], asides: [] };
    case 'gap': {
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
        theme.dim(
          `baton logs ${id}    baton retry ${id}${step === undefined ? '' : `    baton reset ${id} ${plain(step)}`}`,
        ),
      ];
    }
    default:
      return [];
  }
}

/** For who reads along where nothing can be asked: a file, a pipe. */
function howToAnswer({ type, data }: RunEvent): string[] {
  if (type !== 'question.asked') return [];
  const { run, id } = data['question'] as Partial<Question>;
  return [`baton answer ${plain(run)} ${plain(id)}`];
}

function plainIndented(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ''}${plain(line)}`;
}

function noticeWords(code: string): string {
  if (code === 'temporal_down') return 'Temporal does not answer: the run stands still until it does';
  if (code === 'temporal_up') return 'Temporal answers again';
  return plain(code);
}
