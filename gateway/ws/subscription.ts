/**
 * A socket follows a run. In this order: snapshot, the events after the cursor, live frames, and so on; `end` when the
 * run is over, after which the subscription stays and goes on if the run does.
 */
import type { LiveFrame } from '../../protocol/schemas/event.ts';
import { LogCursor, type CursorSink } from '../cursor/log-cursor.ts';
import { observeDelivery } from '../cursor/observe-delivery.ts';
import type { Feed, LogEntry } from '../engine.ts';
import { encodeEvent, encodePush, eventCodec } from './encode.ts';
import type { Session } from './session.ts';

const transport = 'ws';

export class Subscription implements CursorSink, Disposable {
  readonly run: string;
  private readonly session: Session;
  private feed: Feed | null = null;
  private cursor: LogCursor | null = null;
  private isDisposed = false;

  constructor(session: Session, run: string) {
    this.session = session;
    this.run = run;
    session.context.metrics.subscriptions.inc();
  }

  /** False where it was given up while the feed was being opened: the feed is let go of then. */
  attach(feed: Feed, after: number): boolean {
    if (this.isDisposed) {
      feed[Symbol.dispose]();
      return false;
    }
    this.feed = feed;
    this.cursor = new LogCursor(feed, after, this);
    return true;
  }

  /** To be called once the reply is on its way. */
  start(): void {
    this.session.cork(() => {
      this.snapshot();
      this.cursor?.start();
    });
  }

  resume(): void {
    this.cursor?.resume();
  }

  hasRoom(): boolean {
    if (this.session.hasRoom()) return true;
    this.session.waits(this);
    return false;
  }

  take(entries: readonly LogEntry[], isLive: boolean): number {
    let taken = 0;
    const { session, run } = this;
    const encode = (entry: LogEntry) => encodeEvent(entry, run);
    const sendAll = () => {
      while (taken < entries.length && session.hasRoom()) {
        const entry = entries[taken++];
        if (entry) session.send(entry.encoded(eventCodec, encode));
      }
    };
    if (entries.length === 1) sendAll();
    else session.cork(sendAll);
    const { metrics } = session.context;
    metrics.eventsSent.inc({ transport }, taken);
    if (isLive) observeDelivery(metrics, transport, entries[taken - 1]);
    return taken;
  }

  live(frame: LiveFrame): void {
    const { metrics } = this.session.context;
    if (!this.session.hasRoom()) {
      metrics.liveDropped.inc();
      return;
    }
    this.session.send(encodePush({ kind: 'live', run: this.run, ...frame }));
    metrics.liveSent.inc({ transport });
  }

  gap(from: number, to: number): void {
    this.session.send(encodePush({ kind: 'gap', run: this.run, from, to }));
    this.snapshot();
  }

  end(lastSeq: number): void {
    this.session.send(encodePush({ kind: 'end', run: this.run, lastSeq }));
  }

  fault(error: unknown): void {
    this.session.context.log.debug({ err: error, run: this.run }, 'a log could not be read, it will be tried again');
  }

  [Symbol.dispose](): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.session.waitsNoMore(this);
    this.session.context.metrics.subscriptions.dec();
    this.cursor?.[Symbol.dispose]();
  }

  private snapshot(): void {
    if (this.feed) this.session.send(encodePush({ kind: 'snapshot', run: this.run, state: this.feed.view() }));
  }
}
