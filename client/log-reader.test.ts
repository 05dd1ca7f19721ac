import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from './frame.ts';
import { cutBack, logReader, readFrame, reopened, type LogReader } from './log-reader.ts';
import { emptyState } from './run-fold.ts';

const event = (seq: number): Frame => {
  const at = new Date(seq).toISOString();
  return { kind: 'event', event: { seq, at, recordedAt: at, type: 'agent.emitted', data: { seq } } };
};
const snapshot = (lastSeq: number): Frame => ({
  kind: 'snapshot',
  state: { ...emptyState('r'), lastSeq, source: 'log' },
});

function read(frames: Frame[], reader: LogReader = logReader(0)): { reader: LogReader; items: Frame[] } {
  const items: Frame[] = [];
  for (const frame of frames) {
    const reading = readFrame(reader, frame);
    reader = reading.reader;
    if (reading.item) items.push(reading.item);
  }
  return { reader, items };
}

const seqs = (items: Frame[]) => items.flatMap((item) => (item.kind === 'event' ? [item.event.seq] : []));

describe('the log reader', () => {
  it('never loses or doubles an event, whatever a transport drops, doubles and shuffles', () => {
    const lossy = fc.record({
      length: fc.integer({ min: 1, max: 60 }),
      attempts: fc.array(
        fc.array(
          fc.record({ seq: fc.integer({ min: 1, max: 60 }), what: fc.constantFrom('event', 'end', 'snapshot') }),
          {
            maxLength: 80,
          },
        ),
        { maxLength: 6 },
      ),
      start: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(lossy, ({ length, attempts, start }) => {
        const end: Frame = { kind: 'end', lastSeq: length };
        const make = { event, end: () => end, snapshot: () => snapshot(length) } as const;
        const after = Math.min(start, length - 1);
        let reader = logReader(after);
        const got: number[] = [];
        let ends = 0;
        // A fair transport comes last: from the cursor to the end, in order.
        for (const attempt of [...attempts, null]) {
          const opened = reopened(reader);
          const frames = attempt
            ? attempt.filter(({ seq }) => seq <= length).map(({ seq, what }) => make[what](seq))
            : [...Array.from({ length: length - opened.cursor }, (_, n) => event(opened.cursor + 1 + n)), end];
          const reading = read(frames, opened);
          reader = reading.reader;
          got.push(...seqs(reading.items));
          ends += reading.items.filter((item) => item.kind === 'end').length;
        }
        expect(got).toEqual(Array.from({ length: length - after }, (_, n) => after + 1 + n));
        expect(ends).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  it('takes nothing more once it has seen a hole, until the log was opened again', () => {
    const { reader, items } = read([event(1), event(3), event(2), event(4)]);
    expect(seqs(items)).toEqual([1]);
    expect(reader).toMatchObject({ phase: 'behind', cursor: 1 });
    expect(seqs(read([event(2), event(3)], reopened(reader)).items)).toEqual([2, 3]);
  });

  it('treats an end beyond the cursor as a hole, and one before it as old news', () => {
    expect(read([event(1), { kind: 'end', lastSeq: 3 }]).reader.phase).toBe('behind');
    const { items } = read([event(1), event(2), { kind: 'end', lastSeq: 1 }]);
    expect(items.map((item) => item.kind)).toEqual(['event', 'event']);
  });

  it('passes over a gap, and hands it on', () => {
    const { items } = read([{ kind: 'gap', from: 1, to: 7 }, event(8)]);
    expect(items).toMatchObject([{ kind: 'gap', from: 1, to: 7 }, { kind: 'event' }]);
  });

  it('goes back with the snapshot after a disturbance of what was read, and reads on from there', () => {
    const before = read([1, 2, 3, 4, 5].map(event)).reader;
    const { reader, items } = read([{ kind: 'gap', from: 3, to: 5 }, snapshot(3), event(4)], before);
    expect(items.map((item) => item.kind)).toEqual(['gap', 'snapshot', 'event']);
    expect(reader).toMatchObject({ phase: 'reading', cursor: 4 });
  });

  it('says what is gone when the log turns out to be shorter than what was read', () => {
    const { reader, item } = cutBack(read([1, 2, 3].map(event)).reader, 1);
    expect(item).toEqual({ kind: 'gap', from: 2, to: 3 });
    expect(seqs(read([event(2)], reader).items)).toEqual([2]);
  });

  it('drops snapshots that are older than the cursor', () => {
    const { items } = read([event(1), event(2), snapshot(1), snapshot(2), snapshot(9)]);
    expect(items.flatMap((item) => (item.kind === 'snapshot' ? [item.state.lastSeq] : []))).toEqual([2, 9]);
  });

  it('delivers a second end after the run went on', () => {
    const { items } = read([
      event(1),
      { kind: 'end', lastSeq: 1 },
      { kind: 'end', lastSeq: 1 },
      event(2),
      { kind: 'end', lastSeq: 2 },
    ]);
    expect(items.map((item) => item.kind)).toEqual(['event', 'end', 'event', 'end']);
  });
});
