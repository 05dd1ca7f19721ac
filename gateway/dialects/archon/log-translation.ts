/** From a crawl's log to lines of the server log. Pure. */
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Translation } from '../translation.ts';
import { count, part, text, texts } from './event-data.ts';

export interface LogLine {
  /** ISO 8601, UTC: when it became durable, by one clock for all crawls. */
  timestamp: string;
  level: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  message: string;
}

export interface LogState {
  progressId: string;
  url: string;
  /** Pages told so far: after a crash the last ones are told again. */
  processed: number;
}

export const logTranslation: Translation<LogState, LogLine> = {
  initial: ({ client }) => ({ progressId: client, url: '', processed: 0 }),
  event: (before, event) => {
    const state = advanced(before, event);
    const said = isPage(event) && state === before ? null : say(state, event);
    if (said === null) return { state, messages: [] };
    const [level, what] = said;
    return { state, messages: [{ timestamp: event.recordedAt, level, message: `crawl ${state.progressId} ${what}` }] };
  },
  // What has failed may be thousands of pages, and they all stand in the result.
  isNeededWhole: ({ type }) => type === 'run.completed',
  encode: (line) => JSON.stringify(line),
};

function isPage({ type, data }: RunEvent): boolean {
  return type === 'agent.emitted' && data['kind'] === 'crawl.page';
}

function advanced(state: LogState, event: RunEvent): LogState {
  const { type, data } = event;
  if (isPage(event)) {
    const processed = count(data, 'processed');
    return processed > state.processed ? { ...state, processed } : state;
  }
  if (!begins.has(type)) return state;
  return { ...state, processed: 0, url: text(part(data, 'input'), 'url') || state.url };
}

const begins: ReadonlySet<string> = new Set(['run.started', 'run.continued', 'run.retried', 'run.reset']);

type Said = [LogLine['level'], string] | null;

function say({ url }: LogState, { type, data }: RunEvent): Said {
  switch (type) {
    case 'run.started':
      return ['INFO', `started for ${url}`];
    case 'run.continued':
    case 'run.retried':
    case 'run.reset':
      return ['INFO', `started again for ${url}`];
    case 'agent.emitted':
      return sayEmitted(data);
    case 'agent.attempt_failed':
      return ['WARNING', `failed in an attempt: ${text(data, 'message')}`];
    case 'question.asked':
      return ['INFO', `asks a person: ${text(part(data, 'question'), 'message')}`];
    case 'run.cancelling':
      return ['INFO', `is being cancelled by ${text(data, 'by')}`];
    case 'run.completed':
      return ['INFO', completed(part(data, 'result'))];
    case 'run.failed':
      return ['ERROR', `failed: ${text(part(data, 'error'), 'message')}`];
    case 'run.cancelled':
      return ['WARNING', 'ended: cancelled'];
    case 'run.terminated':
      return ['ERROR', 'ended: terminated'];
    case 'run.timed_out':
      return ['ERROR', 'ended: timed out'];
    default:
      return null;
  }
}

function sayEmitted(data: Record<string, unknown>): Said {
  const url = text(data, 'url');
  switch (data['kind']) {
    case 'crawl.stage':
      return data['stage'] === 'crawling' ? ['INFO', `fetches pages; known so far: ${count(data, 'total')}`] : null;
    case 'crawl.sitemap':
      if (data['reason'] === undefined)
        return ['INFO', `read the sitemap ${url}: ${count(data, 'addresses')} addresses`];
      return ['WARNING', `could not read the sitemap ${url}: ${text(data, 'message')}`];
    case 'crawl.page':
      return data['status'] === 'failed' ? ['WARNING', `could not fetch ${url}: ${text(data, 'message')}`] : null;
    case 'crawl.skipped':
      return ['INFO', `skipped ${url}: robots.txt forbids it`];
    default:
      return null;
  }
}

function completed(result: Record<string, unknown>): string {
  const failed = texts(result, 'failedUrls').length;
  const counts = `${count(result, 'pages')} pages crawled, ${count(result, 'chunks')} chunks stored`;
  return `completed: ${counts}${failed === 0 ? '' : `, ${failed} failed`}`;
}
