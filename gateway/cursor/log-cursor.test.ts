import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveFrame } from '../../protocol/schemas/event.ts';
import type { LogEntry } from '../engine.ts';
import { TestEngine, type TestRun } from '../test-engine.ts';
import { LogCursor, type CursorSink } from './log-cursor.ts';

/** Takes a few entries, then says that it is full. */
class SlowSink implements CursorSink {
  readonly told: (number | string)[] = [];
  room = Number.POSITIVE_INFINITY;
  hasRoom = () => this.room > 0;
  take(entries: readonly LogEntry[]): number {
    const taken = entries.slice(0, this.room);
    this.room -= taken.length;
    this.told.push(...taken.map(({ event }) => event.seq));
    return taken.length;
  }
  live = (frame: LiveFrame) => void this.told.push(`live ${frame.fraction}`);
  gap = (from: number, to: number) => void this.told.push(`gap ${from}-${to}`);
  end = (lastSeq: number) => void this.told.push(`end ${lastSeq}`);
  fault = () => void this.told.push('fault');
}

async function follow(run: TestRun, engine: TestEngine, after = 0): Promise<{ sink: SlowSink; cursor: LogCursor }> {
  const sink = new SlowSink();
  const cursor = new LogCursor(await engine.feeds.open(run.id), after, sink);
  cursor.start();
  return { sink, cursor };
}

const frame = (fraction: number): LiveFrame => ({ agent: 'a', step: 'a#1', attempt: 1, at: '', fraction });
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a cursor', () => {
  it('tells what is there, then what comes, then the end, once', async () => {
    const engine = new TestEngine();
    const run = engine.begin('r');
    const { sink } = await follow(run, engine);
    run.append('agent.emitted');
    run.append('run.completed');
    expect(sink.told).toEqual([1, 2, 3, 'end 3']);
  });

  it('goes on after an end when the run does, and tells the next end', async () => {
    const engine = new TestEngine();
    const run = engine.begin('r');
    const { sink } = await follow(run, engine);
    run.append('run.failed');
    run.append('run.retried');
    run.append('run.completed');
    expect(sink.told).toEqual([1, 2, 'end 2', 3, 4, 'end 4']);
  });

  it('does not tell of ends that the run has gone on from when it catches up', async () => {
    const engine = new TestEngine();
    const run = engine.begin('r');
    run.append('run.failed');
    run.append('run.retried');
    const { sink } = await follow(run, engine);
    expect(sink.told).toEqual([1, 2, 3]);
  });

  it('drops live frames while its consumer is behind, and loses no event', async () => {
    const engine = new TestEngine();
    const run = engine.begin('r');
    const { sink, cursor } = await follow(run, engine);
    sink.room = 1;
    run.append('agent.emitted');
    run.append('agent.emitted');
    run.live(frame(0.5));
    sink.room = 10;
    cursor.resume();
    run.live(frame(0.6));
    expect(sink.told).toEqual([1, 2, 3, 'live 0.6']);
  });

  it('tells the newest live frame once it has caught up', async () => {
    const engine = new TestEngine();
    const run = engine.begin('r');
    run.lives.push(frame(0.4));
    const { sink } = await follow(run, engine);
    expect(sink.told).toEqual([1, 'live 0.4']);
  });

  it('tells a gap instead of jumping over what is past retention', async () => {
    const engine = new TestEngine();
    const run = engine.begin('r');
    for (let count = 0; count < 4; count++) run.append('agent.emitted');
    run.firstKept = 4;
    const { sink } = await follow(run, engine, 1);
    await settled();
    expect(sink.told).toEqual(['gap 2-3', 4, 5]);
  });

  it('keeps its place when the log cannot be read, and reads on later', async () => {
    const engine = new TestEngine();
    const run = engine.begin('r');
    run.isEvicted = true;
    run.readFault = new Error('no Temporal');
    const { sink } = await follow(run, engine);
    await settled();
    expect(sink.told).toEqual(['fault']);
    run.readFault = null;
    await expect.poll(() => sink.told).toEqual(['fault', 1]);
  });

  it('lets go of the feed, and tells nothing more, once it is disposed of', async () => {
    const engine = new TestEngine();
    const run = engine.begin('r');
    const { sink, cursor } = await follow(run, engine);
    cursor[Symbol.dispose]();
    run.append('agent.emitted');
    expect(sink.told).toEqual([1]);
    expect([run.openFeeds, run.listeners.size]).toEqual([0, 0]);
  });

  it('tells every seq once and in order, however appends, eviction and a slow consumer mix', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 600 }) }),
      fc.record({ kind: fc.constant('room' as const), count: fc.integer({ min: 0, max: 500 }) }),
      fc.record({ kind: fc.constant('evict' as const), count: fc.integer({ min: 0, max: 1 }) }),
      fc.record({ kind: fc.constant('wait' as const), count: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(3), async (steps, after) => {
        const engine = new TestEngine();
        const run = engine.begin('r');
        for (let count = 0; count < 3; count++) run.append('agent.emitted');
        const { sink, cursor } = await follow(run, engine, after);
        sink.room = 0;
        for (const { kind, count } of steps) {
          if (kind === 'append') for (let left = count; left > 0; left--) run.append('agent.emitted');
          else if (kind === 'evict') run.isEvicted = count === 1;
          else if (kind === 'wait') await settled();
          else {
            sink.room = count;
            cursor.resume();
          }
        }
        sink.room = Number.POSITIVE_INFINITY;
        for (let turn = 0; cursor.position < run.lastSeq && turn < 200; turn++) {
          cursor.resume();
          await settled();
        }
        const seqs = sink.told.filter((told) => typeof told === 'number');
        expect(seqs).toEqual(Array.from({ length: run.lastSeq - after }, (_, index) => after + index + 1));
      }),
      { numRuns: 100 },
    );
  });
});
