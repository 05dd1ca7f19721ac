/**
 * What makes of an unreliable stream of frames a log without holes and doubles. Pure: `(reader, frame) → {reader, item}`.
 *
 *             event = cursor + 1; gap that begins there (the cursor goes to its end)
 *            ┌──────────────┐
 *            ▼              │ delivered
 *        reading ───────────┘
 *         │ ▲ │ ▲
 *         │ │ │ └── snapshot: the cursor goes back to the log's end, if that is shorter now ──┐
 *         │ │ └── gap that begins at or before the cursor: what was read has been disturbed ──┴─ disturbed
 *         │ └── the shell has opened the log again after the cursor
 *         └──── event > cursor + 1, gap or end beyond the cursor: something is missing ── behind (takes nothing)
 *
 * Events at or below the cursor are dropped, and so are snapshots older than it.
 * An end is delivered once for each length of the log.
 */
import type { Frame } from './frame.ts';

export interface LogReader {
  /** The last seq that was delivered, or that is known to be past retention. */
  readonly cursor: number;
  readonly phase: 'reading' | 'disturbed' | 'behind';
  /** `lastSeq` of the end that was delivered last; null before one. */
  readonly endedAt: number | null;
}

export interface Reading {
  reader: LogReader;
  item: Frame | null;
}

export function logReader(after: number): LogReader {
  return { cursor: after, phase: 'reading', endedAt: null };
}

/** The log was opened again after the cursor. */
export function reopened(reader: LogReader): LogReader {
  return reader.phase === 'behind' ? { ...reader, phase: 'reading' } : reader;
}

/** The gateway says that the log ends before the cursor: part of what was read is no longer in it. */
export function cutBack(reader: LogReader, lastSeq: number): Reading {
  const item: Frame = { kind: 'gap', from: lastSeq + 1, to: reader.cursor };
  return { reader: { ...reader, cursor: lastSeq, endedAt: null }, item };
}

export function readFrame(reader: LogReader, frame: Frame): Reading {
  if (reader.phase === 'behind') return { reader, item: null };
  switch (frame.kind) {
    case 'event': {
      const { seq } = frame.event;
      if (seq <= reader.cursor) return { reader, item: null };
      return seq === reader.cursor + 1 ? { reader: { ...reader, cursor: seq }, item: frame } : behind(reader);
    }
    case 'gap': {
      if (frame.from > reader.cursor + 1) return behind(reader);
      const phase = frame.from <= reader.cursor ? 'disturbed' : reader.phase;
      return { reader: { ...reader, phase, cursor: Math.max(reader.cursor, frame.to) }, item: frame };
    }
    case 'end': {
      if (frame.lastSeq > reader.cursor) return behind(reader);
      if (frame.lastSeq < reader.cursor || frame.lastSeq === reader.endedAt) return { reader, item: null };
      return { reader: { ...reader, endedAt: frame.lastSeq }, item: frame };
    }
    case 'snapshot': {
      const { lastSeq } = frame.state;
      if (reader.phase === 'disturbed') {
        const cursor = Math.min(reader.cursor, lastSeq);
        return { reader: { cursor, phase: 'reading', endedAt: null }, item: frame };
      }
      return { reader, item: lastSeq < reader.cursor ? null : frame };
    }
    case 'live':
    case 'notice':
      return { reader, item: frame };
  }
}

function behind(reader: LogReader): Reading {
  return { reader: { ...reader, phase: 'behind' }, item: null };
}
