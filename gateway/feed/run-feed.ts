/**
 * One watched run: a chain of segments, the newest of which is tailed. However many watch it, its history is read once.
 *
 *   opening ──caught up──▶ tailing ──closed──▶ ended ──goes on──▶ tailing
 *                             └──continued as new──▶ tailing the next
 */
import { setTimeout as delay } from 'node:timers/promises';
import { BatonError } from '../../protocol/errors.ts';
import { tailRestartMs } from '../../protocol/limits.ts';
import type { RunState, RunView } from '../../protocol/schemas/state.ts';
import type { LiveFrame } from '../../protocol/schemas/event.ts';
import type { FeedListener, LogPage } from '../engine.ts';
import { ExecutionReader, type ReadContext, type ReadPage } from '../history/execution-reader.ts';
import { emptyState } from '../../protocol/fold.ts';
import type { Projection } from '../history/projection.ts';
import type { FeedMemory } from './feed-memory.ts';
import { LogSegment } from './log-segment.ts';
import { ReadMark } from './read-mark.ts';
import { retrying } from './retrying.ts';

export interface FeedContext extends ReadContext {
  memory: FeedMemory;
  /** Tells whether Temporal answers. */
  onAnswer: (isUp: boolean) => void;
  /** Seconds between an event's becoming durable and its being here. */
  onTailLag: (seconds: number) => void;
  onFault: (run: string, error: unknown) => void;
  /** A run has ended while it was tailed. */
  onEnd: (state: RunState) => void;
}

export class RunFeed {
  readonly run: string;
  /** Oldest known first; the last is the newest execution. */
  private segments: LogSegment[] = [];
  private state: RunState;
  private readonly listeners = new Set<FeedListener>();
  private readonly newest = new Map<string, LiveFrame>();
  /** The bus is quicker than the history: frames of steps whose `agent.started` has not been read yet. */
  private readonly early = new Map<string, LiveFrame>();
  private readonly context: FeedContext;
  private readonly stopped = new AbortController();
  private readonly mark = new ReadMark();
  private isOpen = false;
  /** When the bus last brought a frame, epoch milliseconds. */
  lastLiveAtMs = 0;
  private following: Promise<void> | null = null;

  constructor(context: FeedContext, run: string) {
    this.context = context;
    this.run = run;
    this.state = emptyState(run);
  }

  /** Resolves when the log so far is known; tails from then on. Errors: run_not_found, temporal_down. */
  async start(): Promise<void> {
    await this.follow();
  }

  get lastSeq(): number {
    return this.segments.at(-1)?.lastSeq ?? 0;
  }

  get ended(): boolean {
    return !this.isOpen;
  }

  get newestRunId(): string {
    return this.segments.at(-1)?.runId ?? '';
  }

  get watchers(): number {
    return this.listeners.size;
  }

  /** Steps that are open now. */
  get openSteps(): readonly string[] {
    return this.state.current;
  }

  view(): RunView {
    return { ...this.state, source: 'log' };
  }

  lives(): LiveFrame[] {
    return [...this.newest.values()];
  }

  listen(listener: FeedListener): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }

  /** A frame from the bus. */
  live(frame: LiveFrame): void {
    this.lastLiveAtMs = Date.now();
    this.heartbeat(frame);
  }

  /** A frame from wherever. Frames of steps that are over are late, and dropped; those of steps to come wait for them. */
  heartbeat(frame: LiveFrame): void {
    if (!this.state.current.includes(frame.step)) {
      if (this.isEarly(frame)) this.early.set(frame.step, frame);
      return;
    }
    const known = this.newest.get(frame.step);
    if (known && (known.attempt > frame.attempt || known.at >= frame.at)) return;
    this.newest.set(frame.step, frame);
    for (const listener of this.listeners) listener.live(frame);
  }

  readNow(after: number, limit: number): LogPage | null {
    const seq = after + 1;
    for (let index = this.segments.length - 1; index >= 0; index--) {
      const segment = this.segments[index] as LogSegment;
      if (segment.has(seq)) {
        const entries = segment.slice(seq, limit);
        if (entries !== null && index < this.segments.length - 1) segment.markRead();
        return entries === null ? null : { entries };
      }
    }
    return seq > this.lastSeq ? { entries: [] } : null;
  }

  async read(after: number, limit: number): Promise<LogPage> {
    const seq = after + 1;
    const gap = await this.reach(seq);
    const from = gap ? gap.to + 1 : seq;
    const segment = this.segments.find((candidate) => candidate.has(from));
    if (!segment) return { entries: [], ...(gap ? { gap } : {}) };
    return { entries: await segment.read(from, limit), ...(gap ? { gap } : {}) };
  }

  /** Looks whether the run has gone on after its end, and follows it. */
  follow(): Promise<void> {
    this.following ??= this.followNewest().finally(() => {
      this.following = null;
    });
    return this.following;
  }

  /** Resolves when all that is durable at this moment has been read. Errors: run_not_found, temporal_down, the signal's. */
  async catchUp(signal: AbortSignal): Promise<void> {
    const { runId, historyLength } = await this.context.service.describe(this.run);
    await this.follow();
    await this.mark.reaches(runId, historyLength, signal);
  }

  stop(): void {
    this.stopped.abort();
    for (const segment of this.segments) segment.dispose();
    this.listeners.clear();
  }

  private async followNewest(): Promise<void> {
    if (this.isOpen || this.stopped.signal.aborted) return;
    const { runId, historyLength } = await this.context.service.describe(this.run);
    if (runId === this.newestRunId) return;
    try {
      await this.tailFrom(runId, historyLength);
    } catch (error) {
      // Begun and not read to its end: nobody else would take it up again.
      const newest = this.segments.at(-1);
      if (this.isOpen && newest) void this.mend(error, newest);
      throw error;
    }
  }

  /** Reads an execution up to where it stood, then goes on in the background. */
  private async tailFrom(runId: string, historyLength: number, isPatient = false): Promise<void> {
    const reader = new ExecutionReader(this.context, this.run, runId);
    const segment = new LogSegment(this.context, this.context.memory, this.run, runId);
    let isOpen = true;
    for (let read = 0; isOpen && read < historyLength;) {
      const page = await this.nextPage(reader, isPatient);
      if (read === 0) await this.append(segment, reader.projection);
      read += page.entries;
      isOpen = this.takePage(reader, segment, page);
    }
    if (isOpen) void this.tail(reader, segment);
    else await this.goOn(reader.projection, isPatient);
  }

  private async tail(reader: ExecutionReader, segment: LogSegment): Promise<void> {
    try {
      for (let isOpen = true; isOpen;) {
        const page = await this.nextPage(reader, true);
        const newest = page.events.at(-1);
        if (newest) this.context.onTailLag(Math.max(0, (Date.now() - Date.parse(newest.recordedAt)) / 1_000));
        isOpen = this.takePage(reader, segment, page);
      }
      if (reader.projection.outcome === 'ended') this.context.onEnd(this.state);
      await this.goOn(reader.projection, true);
    } catch (error) {
      await this.mend(error, segment);
    }
  }

  /** A tail that failed for another reason than Temporal's being away reads its execution again, unless it is gone. */
  private async mend(error: unknown, segment: LogSegment): Promise<void> {
    if (this.stopped.signal.aborted) return;
    this.context.onFault(this.run, error);
    if (error instanceof BatonError && error.code === 'run_not_found') {
      this.isOpen = false;
      return;
    }
    await delay(tailRestartMs);
    if (!this.stopped.signal.aborted)
      await this.tail(new ExecutionReader(this.context, this.run, segment.runId), segment);
  }

  /** False once the execution is closed. */
  private takePage(reader: ExecutionReader, segment: LogSegment, page: ReadPage): boolean {
    const { projection } = reader;
    // A tail that was restarted reads again what is known.
    segment.grow(page.events.filter(({ seq }) => seq > segment.lastSeq));
    if (projection.nextSeq > segment.lastSeq) this.state = projection.state;
    this.isOpen = projection.outcome === 'continued' || (projection.outcome === 'open' && !page.isLast);
    for (const step of this.newest.keys()) if (!this.state.current.includes(step)) this.newest.delete(step);
    if (page.events.length > 0 || !this.isOpen) for (const listener of this.listeners) listener.more();
    this.tellEarly();
    const goesOn = this.isOpen && projection.outcome === 'open';
    this.mark.advance(segment.runId, reader.entriesRead, !goesOn);
    return goesOn;
  }

  private isEarly({ agent, step }: LiveFrame): boolean {
    return Number(step.slice(step.lastIndexOf('#') + 1)) > (this.state.agents[agent]?.calls ?? 0);
  }

  private tellEarly(): void {
    for (const [step, frame] of this.early) {
      if (this.isEarly(frame)) continue;
      this.early.delete(step);
      this.heartbeat(frame);
    }
  }

  private async goOn({ outcome, continuedBy }: Projection, isPatient: boolean): Promise<void> {
    if (outcome === 'continued' && continuedBy) await this.tailFrom(continuedBy, 1, isPatient);
  }

  private nextPage(reader: ExecutionReader, isPatient: boolean): Promise<ReadPage> {
    const { signal } = this.stopped;
    return retrying(() => reader.next(true, signal), { signal, isPatient, onAnswer: this.context.onAnswer });
  }

  /**
   * Puts a new execution at the end of the chain, with those between it and what is known. If its log does not go on
   * where the known one ends, somebody used Temporal's own reset: watchers are told what may differ.
   */
  private async append(segment: LogSegment, projection: Projection): Promise<void> {
    const known = this.lastSeq;
    segment.begin(projection.firstSeq, projection.predecessor);
    const isNext = this.segments.length === 0 || projection.firstSeq === known + 1;
    const isLater = projection.firstSeq > known + 1 && projection.predecessor !== null;
    if (isNext || isLater) {
      this.segments.push(segment);
      if (isLater) await this.reach(known + 1);
      return;
    }
    for (const old of this.segments) old.dispose();
    this.segments = [segment];
    for (const listener of this.listeners) listener.gap(projection.firstSeq, known);
  }

  /** Makes sure that the segment with this seq is known. Returns what cannot be had: it is past retention. */
  private async reach(seq: number): Promise<LogPage['gap'] | null> {
    for (;;) {
      const index = this.segments.findIndex((segment) => segment.firstSeq > seq);
      if (index === -1) return null;
      const newer = this.segments[index] as LogSegment;
      const older = this.segments[index - 1];
      if (older && older.lastSeq >= newer.firstSeq - 1) return null;
      const found = newer.predecessor === null ? null : await this.loadOlder(newer.predecessor);
      if (found === null || found.lastSeq < newer.firstSeq - 1) return { from: seq, to: newer.firstSeq - 1 };
      // Another reader may have put it there while this one was loading it, or the chain may have been replaced.
      const place = this.segments.indexOf(newer);
      const isThere = this.segments.some((segment) => segment.runId === found.runId);
      if (place !== -1 && !isThere) this.segments.splice(place, 0, found);
      else found.dispose();
    }
  }

  private async loadOlder(runId: string): Promise<LogSegment | null> {
    const reader = new ExecutionReader(this.context, this.run, runId);
    const segment = new LogSegment(this.context, this.context.memory, this.run, runId);
    try {
      let isBegun = false;
      for await (const events of reader.pages()) {
        if (!isBegun) segment.begin(reader.projection.firstSeq, reader.projection.predecessor);
        isBegun = true;
        segment.grow(events);
      }
      return segment;
    } catch (error) {
      if (error instanceof BatonError && error.code === 'run_not_found') return null;
      throw error;
    }
  }
}
