/** A run's log as server-sent events: `id` is the seq, so that Last-Event-ID is the cursor. */
import type { LiveFrame } from '../../protocol/schemas/event.ts';
import { streamKeepAliveMs, streamStalledMs } from '../../protocol/limits.ts';
import { LogCursor, type CursorSink } from '../cursor/log-cursor.ts';
import { observeDelivery } from '../cursor/observe-delivery.ts';
import type { Feed, LogEntry } from '../engine.ts';
import type { StreamOut } from '../http/reply.ts';
import type { Metrics } from '../metrics/metrics.ts';

const transport = 'sse';

export class EventStream implements CursorSink {
  private readonly feed: Feed;
  private readonly out: StreamOut;
  private readonly metrics: Metrics;
  private readonly cursor: LogCursor;
  private readonly keepAlive: ReturnType<typeof setInterval>;
  private stalledSinceMs: number | null = null;

  /** Takes the feed over. `closed` is called once, when the stream has ended for whatever reason. */
  constructor(feed: Feed, after: number, out: StreamOut, metrics: Metrics, closed: () => void) {
    this.feed = feed;
    this.out = out;
    this.metrics = metrics;
    this.cursor = new LogCursor(feed, after, this);
    this.keepAlive = setInterval(() => this.comment(), streamKeepAliveMs);
    metrics.streams.inc();
    out.onDrain(() => this.drained());
    out.onClose(() => {
      this.close();
      closed();
    });
    out.onFarewell(() => out.end());
  }

  start(): void {
    this.write('retry: 1000\n\n');
    this.cursor.start();
  }

  hasRoom(): boolean {
    return this.stalledSinceMs === null;
  }

  take(entries: readonly LogEntry[], isLive: boolean): number {
    let taken = 0;
    this.out.cork(() => {
      while (taken < entries.length && this.hasRoom()) {
        const entry = entries[taken++];
        if (entry) this.write(entry.encoded(transport, encodeEvent));
      }
    });
    this.metrics.eventsSent.inc({ transport }, taken);
    if (isLive) observeDelivery(this.metrics, transport, entries[taken - 1]);
    return taken;
  }

  live(frame: LiveFrame): void {
    if (!this.hasRoom()) {
      this.metrics.liveDropped.inc();
      return;
    }
    this.write(encode('live', frame));
    this.metrics.liveSent.inc({ transport });
  }

  gap(from: number, to: number): void {
    this.write(encode('gap', { from, to }));
    this.write(encode('snapshot', this.feed.view()));
  }

  end(lastSeq: number): void {
    this.write(encode('end', { lastSeq }));
    this.out.end();
  }

  fault(): void {
    this.out.write(': the log cannot be read now, it will be tried again\n\n');
  }

  private write(text: string | Uint8Array): void {
    if (this.out.write(text) || !this.hasRoom()) return;
    this.stalledSinceMs = Date.now();
    this.metrics.backpressured.inc();
  }

  private drained(): void {
    if (this.stalledSinceMs === null) return;
    this.stalledSinceMs = null;
    this.metrics.backpressured.dec();
    this.cursor.resume();
  }

  /** Also while the client does not read: uWebSockets.js drops a response that writes nothing for 10 s. */
  private comment(): void {
    if (this.stalledSinceMs !== null && Date.now() - this.stalledSinceMs > streamStalledMs) this.out.end();
    else this.out.write(':\n\n');
  }

  private close(): void {
    clearInterval(this.keepAlive);
    this.cursor[Symbol.dispose]();
    this.metrics.streams.dec();
    if (!this.hasRoom()) this.metrics.backpressured.dec();
  }
}

function encodeEvent({ event, json }: LogEntry): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${json}\n\n`;
}

function encode(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
