/** From a crawl's log to the messages of the crawl-progress sockets. */
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Translation } from '../translation.ts';
import { foldCrawl, recordOf, unknownCrawl, type CrawlState } from './crawl-record.ts';

/** An update is the whole record after the event. */
export type CrawlMessage = CrawlState;

export const crawlTranslation: Translation<CrawlState, CrawlMessage> = {
  initial: ({ client }) => unknownCrawl(client),
  event: (before, event) => {
    const state = foldCrawl(before, event);
    return { state, messages: state === before || isQuiet(event) ? [] : [state] };
  },
  // Pages that failed may be thousands, and they all stand in the result.
  isNeededWhole: ({ type }) => type === 'run.completed',
  encode: encodeRecord,
};

/** What comes in hundreds stands in `logs` of the next update. */
function isQuiet({ type, data }: RunEvent): boolean {
  return type === 'agent.emitted' && data['kind'] === 'crawl.skipped';
}

export function encodeRecord(state: CrawlState): string {
  const type = state.status === 'completed' ? 'crawl_completed' : 'crawl_progress';
  return JSON.stringify({ type, data: recordOf(state) });
}

export function encodeConnected(progressId: string, status: string): string {
  return JSON.stringify({ type: 'connection_established', data: { progressId, status } });
}

/** To whom no crawl can be meant: the id is none. */
export function encodeMalformed(progressId: string): string {
  const error = 'a progress id has 1 to 128 letters, digits and . _ : -';
  const data = { progressId, status: 'error', percentage: 0, log: error, error };
  return JSON.stringify({ type: 'crawl_progress', data });
}

export const pingFrame = JSON.stringify({ type: 'ping' });
