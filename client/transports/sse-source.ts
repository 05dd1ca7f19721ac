/** Reads a run as server-sent events over fetch, so that the token travels in a header and not in the address. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { clientPollWaitMs, openTimeoutMs, streamSilenceMs } from '../../protocol/limits.ts';
import { BatonClientError, unreachable } from '../errors.ts';
import { isEvent, isObject, readEnd, readGap, readLive, readSnapshot, type Frame, type Source } from '../frame.ts';
import type { Http } from '../http.ts';
import { fetchEvents } from './polling-source.ts';

export function sseSource(http: Http): Source {
  return async function* readStream({ run, after, follow, signal }) {
    let cursor = after;
    for (;;) {
      const stream = await openStream(http, run, cursor, signal);
      if (stream === null) {
        yield { kind: 'opened' };
        yield { kind: 'end', lastSeq: cursor };
      } else {
        let ended = false;
        for await (const frame of readFrames(stream, signal)) {
          if (frame.kind === 'event') cursor = Math.max(cursor, frame.event.seq);
          if (frame.kind === 'gap') cursor = Math.max(cursor, frame.to);
          if (frame.kind === 'end') ended = true;
          yield frame;
        }
        if (!ended) throw unreachable('the event stream closed');
      }
      if (!follow) return;
      await waitForMore(http, run, cursor, signal);
    }
  };
}

/** null: 204, there is nothing after the cursor and the run has ended. */
async function openStream(
  http: Http,
  run: string,
  after: number,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array> | null> {
  const response = await http.send(`v1/runs/${encodeURIComponent(run)}/stream`, {
    query: { after },
    headers: { accept: 'text/event-stream' },
    stream: true,
    signal,
  });
  if (response.status === 204) return null;
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    throw new BatonClientError('bad_response', 'the answer is not an event stream', { retry: true });
  }
  return response.body;
}

async function* readFrames(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Frame | { kind: 'opened' }, void, undefined> {
  const frames: Frame[] = [];
  const parser = createParser({
    onEvent: (message) => {
      const frame = readMessage(message);
      if (frame) frames.push(frame);
    },
  });
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let isSilent = true;
  try {
    for (;;) {
      // A stream whose first byte doesn't come is held back by something in between.
      const chunk = await readWithin(reader, isSilent ? openTimeoutMs : streamSilenceMs, signal);
      if (chunk === null) return;
      if (isSilent) yield { kind: 'opened' };
      isSilent = false;
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* frames.splice(0);
    }
  } finally {
    // Rejects only where the stream has failed already: what it failed with is on its way to the caller.
    reader.cancel().catch(() => undefined);
  }
}

async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limitMs: number,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const tooLong = new BatonClientError('timeout', 'the event stream fell silent', { retry: true });
    timer = setTimeout(() => reject(tooLong), limitMs);
  });
  try {
    const { done, value } = await Promise.race([reader.read(), silence]);
    return done ? null : value;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof BatonClientError ? error : unreachable('the event stream broke', error);
  } finally {
    clearTimeout(timer);
  }
}

/** null for what this version does not know. */
function readMessage(message: EventSourceMessage): Frame | null {
  let data: unknown;
  try {
    data = JSON.parse(message.data);
  } catch (cause) {
    throw new BatonClientError('bad_response', 'an event of the stream is not JSON', { retry: true, cause });
  }
  if (!isObject(data)) return null;
  switch (message.event) {
    case 'live':
      return readLive(data);
    case 'snapshot':
      return readSnapshot(data['state'] ?? data);
    case 'gap':
      return readGap(data);
    case 'end':
      return readEnd(data);
    case 'notice':
      return typeof data['code'] === 'string' ? { kind: 'notice', code: data['code'] } : null;
    default:
      return isEvent(data) ? { kind: 'event', event: data } : null;
  }
}

async function waitForMore(http: Http, run: string, after: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { events } = await fetchEvents(http, run, { after, limit: 1, waitMs: clientPollWaitMs, signal });
    if (events.length > 0) return;
  }
}
