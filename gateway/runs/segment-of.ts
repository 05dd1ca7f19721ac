import type { RunEvent } from '../../protocol/schemas/event.ts';

/** The part of a log that works on one message: from the start or the message at or before the seq to the next message. */
export function segmentOf(log: readonly RunEvent[], seq: number): RunEvent[] {
  const isBegin = ({ type }: RunEvent) => type === 'run.started' || type === 'run.continued';
  const from = Math.max(
    0,
    log.findLastIndex((event) => event.seq <= Math.max(seq, 1) && isBegin(event)),
  );
  const next = log.findIndex((event, index) => index > from && isBegin(event));
  return log.slice(from, next === -1 ? log.length : next);
}
