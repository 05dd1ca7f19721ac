/**
 * The record of a crawl as its clients know it: a fold over the run's log. Pure; states are never changed in place.
 *
 *   waiting ──run.started──▶ starting ─▶ analyzing ─▶ sitemap | webpage ─▶ crawling ─▶ processing ─▶ storing ─▶ completed
 *                               ▲                          └─ any of them ─▶ error                                │
 *                               └──────── the run goes on: the same id was started again ◀───────────────────────┘
 */
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import { crawlLinesShown } from '../../../protocol/limits.ts';
import { count, part, text, texts } from './event-data.ts';

/** In the order in which a crawl goes through them; an address that is no sitemap goes from `sitemap` to `webpage`. */
const stages = [
  'waiting',
  'starting',
  'analyzing',
  'sitemap',
  'webpage',
  'crawling',
  'processing',
  'storing',
  'completed',
] as const;
const order: readonly string[] = stages;
type CrawlStatus = (typeof stages)[number] | 'error';

/** Newest first: states share what is older. */
interface Lines {
  line: string;
  before: Lines | null;
}

export interface CrawlState {
  progressId: string;
  status: CrawlStatus;
  percentage: number;
  startUrl: string;
  currentUrl: string;
  totalPages: number;
  processedPages: number;
  lines: Lines | null;
  failed: Lines | null;
  /** ISO 8601: of the first start, or of the one that began it again. */
  startTime: string;
  /** ISO 8601; null while it goes on. */
  endedAt: string | null;
  error: string | null;
  knowledgeType: string | null;
  stored: { chunksStored: number; sourceId: string } | null;
}

export function unknownCrawl(progressId: string): CrawlState {
  return {
    progressId,
    status: 'waiting',
    percentage: 0,
    startUrl: '',
    currentUrl: '',
    totalPages: 0,
    processedPages: 0,
    lines: null,
    failed: null,
    startTime: '',
    endedAt: null,
    error: null,
    knowledgeType: null,
    stored: null,
  };
}

/** The same state where the event tells a client nothing new. */
export function foldCrawl(state: CrawlState, event: RunEvent): CrawlState {
  const { type, data, at } = event;
  switch (type) {
    case 'run.started':
    case 'run.continued':
      return begin(state, part(data, 'input'), at);
    case 'run.retried':
    case 'run.reset':
      return begin(state, part(part(data, 'edits'), 'input'), at);
    case 'run.completed':
      return complete(state, part(data, 'result'), at);
    case 'run.failed':
      return fail(state, text(part(data, 'error'), 'message') || 'it failed without a reason', at);
    case 'run.cancelled':
      return fail(state, 'cancelled', at);
    case 'run.terminated':
      return fail(state, `terminated: ${text(data, 'reason') || 'no reason was given'}`, at);
    case 'run.timed_out':
      return fail(state, 'timed out', at);
    default:
      return state.endedAt === null ? work(state, event) : state;
  }
}

function work(state: CrawlState, { type, data }: RunEvent): CrawlState {
  switch (type) {
    case 'agent.emitted':
      return emitted(state, data);
    case 'agent.attempt_failed':
      return withLine(state, `an attempt failed: ${text(data, 'message')}`);
    case 'question.asked':
      return withLine(state, `a person is asked: ${text(part(data, 'question'), 'message')}`);
    case 'question.answered':
      return withLine(state, 'the question was answered');
    case 'question.expired':
      return withLine(state, 'the question was not answered in time');
    case 'run.cancelling':
      return withLine(state, 'the crawl is being cancelled');
    default:
      return state;
  }
}

function begin(state: CrawlState, input: Record<string, unknown>, at: string): CrawlState {
  const startUrl = text(input, 'url') || state.startUrl;
  const knowledgeType = text(input, 'knowledgeType') || (startUrl === state.startUrl ? state.knowledgeType : null);
  const registered = { ...unknownCrawl(state.progressId), startUrl, currentUrl: startUrl, knowledgeType };
  return withLine({ ...registered, status: 'starting', startTime: at }, `crawl of ${startUrl} registered`);
}

function emitted(state: CrawlState, data: Record<string, unknown>): CrawlState {
  switch (data['kind']) {
    case 'crawl.stage':
      return stage(state, data);
    case 'crawl.page':
      return page(state, data);
    case 'crawl.skipped':
      return withNewLine(state, `${text(data, 'url')} skipped: robots.txt forbids it`);
    case 'crawl.sitemap':
      return withNewLine(state, sitemapLine(data));
    default:
      return state;
  }
}

/** `completed` is told by the end of the run, which alone says that all is kept. */
function stage(state: CrawlState, data: Record<string, unknown>): CrawlState {
  const status = stages.find((known) => known === data['stage']);
  const isNext = status !== undefined && order.indexOf(status) > order.indexOf(state.status);
  if (!isNext || status === 'completed') return state;
  const url = text(data, 'url') || state.startUrl;
  const total = count(data, 'total');
  const next: CrawlState = {
    ...state,
    status,
    percentage: raised(state, data),
    currentUrl: url,
    totalPages: Math.max(state.totalPages, total),
  };
  return withLine(next, stageLine(next, total));
}

function stageLine({ status, currentUrl, processedPages, failed }: CrawlState, total: number): string {
  switch (status) {
    case 'analyzing':
      return `looking at ${currentUrl}`;
    case 'sitemap':
      return `reading the sitemap ${currentUrl}`;
    case 'webpage':
      return `crawling ${currentUrl} link by link`;
    case 'crawling':
      return `crawling begins: ${pages(total)} known`;
    case 'processing':
      return `cutting what ${pages(processedPages - listOf(failed).length)} brought into chunks`;
    case 'storing':
      return 'storing the chunks';
    default:
      return status;
  }
}

/** After a crash the last pages may be told again: `processed` says that they are known. */
function page(state: CrawlState, data: Record<string, unknown>): CrawlState {
  const processedPages = count(data, 'processed');
  if (processedPages <= state.processedPages) return state;
  const totalPages = Math.max(processedPages, count(data, 'total'));
  const currentUrl = text(data, 'url') || state.currentUrl;
  const hasFailed = data['status'] === 'failed';
  const next: CrawlState = {
    ...state,
    percentage: raised(state, data),
    currentUrl,
    totalPages,
    processedPages,
    failed: hasFailed ? { line: currentUrl, before: state.failed } : state.failed,
  };
  const fetched = `${processedPages} of ${totalPages} pages fetched`;
  if (data['status'] === 'ok') return withLine(next, fetched);
  return withLine(next, `${fetched}; ${currentUrl} ${hasFailed ? 'failed' : 'left out'}: ${text(data, 'message')}`);
}

function complete(state: CrawlState, result: Record<string, unknown>, at: string): CrawlState {
  const good = count(result, 'pages');
  const chunksStored = count(result, 'chunks');
  const failedUrls = texts(result, 'failedUrls');
  const failed = failedUrls.length === 0 ? '' : `, ${failedUrls.length} failed`;
  const next: CrawlState = {
    ...state,
    status: 'completed',
    percentage: 100,
    totalPages: Math.max(state.totalPages, state.processedPages),
    endedAt: at,
    failed: failedUrls.reduce<Lines | null>((before, line) => ({ line, before }), null),
    stored: { chunksStored, sourceId: text(result, 'sourceId') },
  };
  return withLine(next, `completed: ${pages(good)} crawled, ${chunksStored} chunks stored${failed}`);
}

function fail(state: CrawlState, error: string, at: string): CrawlState {
  return withLine(
    { ...state, status: 'error', endedAt: at, error },
    error === 'cancelled' ? error : `failed: ${error}`,
  );
}

function sitemapLine(data: Record<string, unknown>): string {
  const url = text(data, 'url');
  if (data['reason'] !== undefined) return `the sitemap ${url} could not be read: ${text(data, 'message')}`;
  return `the sitemap ${url} lists ${count(data, 'addresses')} addresses`;
}

/** Never falling, and 100 only at the end. */
function raised({ percentage }: CrawlState, data: Record<string, unknown>): number {
  return Math.max(percentage, Math.min(99, count(data, 'percentage')));
}

function withLine(state: CrawlState, line: string): CrawlState {
  return { ...state, lines: { line, before: state.lines } };
}

function withNewLine(state: CrawlState, line: string): CrawlState {
  for (let entry = state.lines, n = 0; entry && n < crawlLinesShown; entry = entry.before, n++)
    if (entry.line === line) return state;
  return withLine(state, line);
}

function pages(n: number): string {
  return n === 1 ? '1 page' : `${n} pages`;
}

/** Oldest first; the last `most`. */
function listOf(lines: Lines | null, most = Number.POSITIVE_INFINITY): string[] {
  const list: string[] = [];
  for (let entry = lines; entry && list.length < most; entry = entry.before) list.push(entry.line);
  return list.toReversed();
}

/** `data` of a message. */
export function recordOf(state: CrawlState): Record<string, unknown> {
  const { progressId, status, percentage, currentUrl, totalPages, processedPages, startTime, error } = state;
  return {
    progressId,
    status,
    percentage,
    currentUrl,
    totalPages,
    processedPages,
    log: state.lines?.line ?? status,
    logs: listOf(state.lines, crawlLinesShown),
    start_time: startTime,
    ...(state.knowledgeType === null ? {} : { knowledge_type: state.knowledgeType }),
    ...(error === null ? {} : { error }),
    ...(state.endedAt === null ? {} : { failedUrls: listOf(state.failed) }),
    ...state.stored,
  };
}

/** An ended crawl's record is shown for a while only; then its id is as good as new. */
export function isForgotten({ endedAt }: CrawlState, nowMs: number, keptMs: number): boolean {
  return endedAt !== null && nowMs - Date.parse(endedAt) > keptMs;
}
