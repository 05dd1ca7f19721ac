import { clientPollWaitMs, eventsPageMax } from '../../protocol/limits.ts';
import { BatonClientError } from '../errors.ts';
import { isEvent, isObject, readGap, readSnapshot, type Frame, type Source } from '../frame.ts';
import type { Http } from '../http.ts';
import type { RunEvent } from '../types.ts';

export interface EventsPage {
  events: RunEvent[];
  /** The last seq given, or `after`. */
  next: number;
  /** What lies between the cursor and the first event and is past retention. */
  gap?: { from: number; to: number };
}

/** Reads a run page by page, with long polls. Has no live frames. */
export function pollingSource(http: Http): Source {
  return async function* readPages({ run, after, follow, signal }) {
    let cursor = after;
    let snapshot = await readState(http, run, signal);
    yield { kind: 'opened' };
    yield snapshot;
    for (;;) {
      const isEnded = snapshot.state.endedAt !== null;
      if (isEnded && snapshot.state.lastSeq <= cursor) {
        yield { kind: 'end', lastSeq: snapshot.state.lastSeq };
        if (!follow) return;
      }
      const waitMs = isEnded && snapshot.state.lastSeq > cursor ? 0 : clientPollWaitMs;
      const page = await fetchEvents(http, run, { after: cursor, limit: eventsPageMax, waitMs, signal });
      if (page.gap) yield { kind: 'gap', ...page.gap };
      for (const event of page.events) yield { kind: 'event', event };
      cursor = page.next;
      const isNews = snapshot.state.lastSeq < cursor;
      const last = page.events.at(-1);
      if (isNews && last !== undefined && endTypes.has(last.type)) {
        snapshot = await readState(http, run, signal);
        yield snapshot;
      } else if (isNews && isEnded) {
        snapshot = await readState(http, run, signal);
      }
    }
  };
}

/** After these a run has ended, unless it goes on. */
export const endTypes: ReadonlySet<string> = new Set([
  'run.completed',
  'run.failed',
  'run.cancelled',
  'run.terminated',
  'run.timed_out',
]);

export async function fetchEvents(
  http: Http,
  run: string,
  query: { after?: number; limit?: number; waitMs?: number; signal?: AbortSignal },
): Promise<EventsPage> {
  const { signal, ...params } = query;
  const { body } = await http.json(`v1/runs/${encodeURIComponent(run)}/events`, {
    query: params,
    repeatable: true,
    waitMs: query.waitMs ?? 0,
    ...(signal && { signal }),
  });
  const isPage = isObject(body) && Array.isArray(body['events']) && Number.isSafeInteger(body['next']);
  if (!isPage || !(body['events'] as unknown[]).every(isEvent)) {
    throw new BatonClientError('bad_response', `the events of ${run} are not a page of events`);
  }
  const gap = readGap(body['gap']);
  return {
    events: body['events'] as RunEvent[],
    next: body['next'] as number,
    ...(gap && { gap: { from: gap.from, to: gap.to } }),
  };
}

async function readState(http: Http, run: string, signal: AbortSignal): Promise<Extract<Frame, { kind: 'snapshot' }>> {
  const { body } = await http.json(`v1/runs/${encodeURIComponent(run)}`, { repeatable: true, signal });
  const frame = readSnapshot(body);
  if (frame?.kind !== 'snapshot') throw new BatonClientError('bad_response', `the state of ${run} is not one`);
  return frame;
}
