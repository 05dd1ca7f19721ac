/** An event as a line of the timeline. Pure: the same for terminals, files and `logs`. */
import type { Question, RunEvent } from '../../types.ts';
import type { Theme } from './theme.ts';
import { byteSize, cut, duration, padEnd, plain } from './text.ts';

export interface LineOptions {
  theme: Theme;
  /** Lines are cut to it; Infinity where nothing is cut. */
  columns: number;
}

type Mark = '•' | '▸' | '✓' | '✗' | '?' | '!' | '■' | '↻';
interface Told {
  mark: Mark;
  style: keyof Theme;
  words: string;
}

/** null for what a reader of the timeline need not see: progress stands in the bars. */
export function timelineLine(event: RunEvent, { theme, columns }: LineOptions): string | null {
  if (event.type === 'agent.progressed') return null;
  const { mark, style, words } = tell(event);
  const time = clock(event.at);
  const seq = padEnd(String(event.seq), 4);
  const who = event.step === undefined ? '' : `${plain(event.step)} `;
  const room = columns - time.length - seq.length - 4 - who.length;
  const isNarrow = room < 20;
  const text = isNarrow ? cut(`${who}${words}`, columns - 2) : cut(words, room);
  if (isNarrow) return `${theme[style](mark)} ${text}`;
  return `${theme.dim(`${time} ${seq}`)} ${theme[style](mark)} ${theme.bold(who)}${text}`;
}

/** hh:mm:ss of the reader's own clock. */
export function clock(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '--:--:--';
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

function tell(event: RunEvent): Told {
  const { data } = event;
  const told = (mark: Mark, style: keyof Theme, ...words: (string | null)[]): Told => ({
    mark,
    style,
    words: words.filter((word) => word !== null && word !== '').join(' '),
  });
  switch (event.type) {
    case 'run.started':
      return told(
        '▸',
        'cyan',
        'started',
        plain(data['blueprint']),
        from(data['from']),
        brief(data['input']),
        stored(data),
      );
    case 'run.begun':
      return told('▸', 'cyan', 'begun', by(data['by']));
    case 'run.continued':
      return told('▸', 'cyan', 'continued', brief(data['input']), stored(data));
    case 'run.retried':
      return told('↻', 'cyan', 'retried', by(data['by']));
    case 'run.reset':
      return told('↻', 'cyan', `reset to ${plain(data['toStep'])}`, by(data['by']));
    case 'supervisor.decided':
      return told('•', 'blue', `→ ${next(data)}`, reason(data['reason']), tokens(data));
    case 'supervisor.decision_failed':
      return told('!', 'yellow', 'the model made no decision:', fault(data), tokens(data));
    case 'supervisor.routed':
      return told('•', 'blue', `${plain(data['from'])} → ${plain(data['to'])}`, reason(data['instructions']));
    case 'agent.started':
      return told('▸', 'cyan', 'started', reason(data['instructions']));
    case 'agent.emitted': {
      const { kind, blob: _blob, preview: _preview, ...rest } = data;
      return told('•', 'dim', plain(kind), message(rest) ?? pairs(rest), stored(data));
    }
    case 'agent.attempt_failed':
      return told('!', 'yellow', `attempt ${event.attempt ?? '?'} failed:`, fault(data));
    case 'agent.completed':
      return told('✓', 'green', 'completed', took(data), tokens(data), brief(data['result']), stored(data));
    case 'agent.failed':
      return told('✗', 'red', 'failed:', fault(data), tokens(data));
    case 'question.asked': {
      const question = data['question'] as Partial<Question> | undefined;
      return told('?', 'yellow', `asks (${plain(question?.id)}):`, plain(question?.message));
    }
    case 'question.answered':
      return told(
        '✓',
        'green',
        `${plain(data['question'])} answered`,
        by(data['by']),
        brief(data['answer']),
        share(data),
      );
    case 'question.answer_refused':
      return told('!', 'yellow', `an answer to ${plain(data['question'])} was refused`, by(data['by']), fault(data));
    case 'question.expired':
      return told('!', 'yellow', `${plain(data['question'])} expired`, reason(data['then']));
    case 'run.cancelling':
      return told('■', 'magenta', 'cancelling', by(data['by']), reason(data['reason']));
    case 'run.completed':
      return told('✓', 'green', 'completed', brief(data['result']), stored(data));
    case 'run.failed':
      return told('✗', 'red', 'failed:', fault(data));
    case 'run.cancelled':
      return told('■', 'magenta', 'cancelled', by(data['by']), reason(data['reason']));
    case 'run.terminated':
      return told('✗', 'red', 'terminated', reason(data['reason']));
    case 'run.timed_out':
      return told('✗', 'red', 'timed out');
    default:
      return told('•', 'dim', plain(event.type), brief(data));
  }
}

function next(data: Record<string, unknown>): string {
  const { goto } = data;
  return Array.isArray(goto) ? goto.map(plain).join(' + ') : plain(goto ?? '?');
}

function brief(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object' && Object.keys(value).length === 0) return '';
  return plain(value);
}

function message(data: Record<string, unknown>): string | null {
  const text = data['message'] ?? data['text'];
  return typeof text === 'string' && text !== '' ? plain(text) : null;
}

/** As in stage=links pages=40: what agents emit has no fixed shape. */
export function pairs(data: Record<string, unknown>): string {
  return Object.entries(data)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => `${plain(key)}=${plain(value)}`)
    .join(' ');
}

function reason(value: unknown): string {
  return typeof value === 'string' && value !== '' ? `(${plain(value)})` : '';
}

function by(value: unknown): string {
  return typeof value === 'string' ? `by ${plain(value)}` : '';
}

function from(value: unknown): string {
  const run = typeof value === 'object' && value !== null && 'run' in value ? value.run : undefined;
  return typeof run === 'string' ? `(forked from ${plain(run)})` : '';
}

function took({ durationMs }: Record<string, unknown>): string {
  return typeof durationMs === 'number' ? `in ${duration(durationMs)}` : '';
}

/** Of models. */
function tokens({ usage }: Record<string, unknown>): string {
  const { inputTokens, outputTokens } = (typeof usage === 'object' && usage !== null ? usage : {}) as Partial<
    Record<string, unknown>
  >;
  return typeof inputTokens === 'number' && typeof outputTokens === 'number'
    ? `[${inputTokens} + ${outputTokens} tokens]`
    : '';
}

function share({ have, need }: Record<string, unknown>): string {
  return typeof need === 'number' && need > 1 ? `(${String(have)} of ${need})` : '';
}

function fault(data: Record<string, unknown>): string {
  const error = (data['error'] ?? data) as { code?: unknown; message?: unknown };
  const words = [error.code, error.message ?? data['reason']].filter((word) => typeof word === 'string');
  return words.length === 0 ? brief(data) : words.map(plain).join(': ');
}

function stored(data: Record<string, unknown>): string {
  const blob = data['blob'] as { ref?: unknown; bytes?: unknown } | undefined;
  return typeof blob?.bytes === 'number' ? `[${byteSize(blob.bytes)} stored as ${plain(blob.ref)}]` : '';
}
