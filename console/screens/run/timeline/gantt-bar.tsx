import { memo } from 'react';
import type { AttemptView, TimelineStep, Wait } from '../../../../client/index.ts';
import { stepLooks } from '../step-looks.ts';
import type { GanttRow, Span } from './gantt-row.ts';

const isFault = (outcome: AttemptView['outcome']) => outcome === 'failed' || outcome === 'lost';
const at = ({ left, width }: Span) => ({ left: `${left}%`, width: `${width}%` });

/** The bar of a step: its attempts, and over them what it waited for and what it asked. */
export const GanttBar = memo(function GanttBar({ row, status }: { row: GanttRow; status: TimelineStep['status'] }) {
  const { bar, attempts, waits, questions } = row;
  if (bar === null) return null;
  return (
    <>
      <span className={`absolute inset-y-1.5 rounded-sm border ${stepLooks[status].bar}`} style={at(bar)} />
      {attempts.length > 1 &&
        attempts.map(({ attempt, outcome, ...span }) => (
          <span
            key={attempt}
            className={`absolute inset-y-1.5 border-l-2 ${isFault(outcome) ? 'border-bad bg-bad/40' : 'border-line'}`}
            style={at(span)}
          />
        ))}
      {waits.map((wait, index) => (
        <span key={index} className={`wait wait-${wait.for} absolute inset-y-2 rounded-sm`} style={at(wait)} />
      ))}
      {questions.map(({ id, left, isOpen }) => (
        <span
          key={id}
          className={`absolute top-1/2 -ml-2 flex size-4 -translate-y-1/2 items-center justify-center rounded-full border border-warn text-[10px] font-bold ${
            isOpen ? 'bg-warn text-page' : 'bg-surface text-warn'
          }`}
          style={{ left: `${left}%` }}
        >
          ?
        </span>
      ))}
    </>
  );
});

const waitLabels: Readonly<Record<Wait['for'], string>> = {
  person: 'for a person',
  queue: 'in the queue',
  backoff: 'between attempts',
  paused: 'paused',
  delegation: 'for another agent',
};

export function waitLabel(wait: Wait['for']): string {
  return waitLabels[wait];
}

export function GanttLegend() {
  return (
    <ul aria-label="Waits" className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
      {(Object.keys(waitLabels) as Wait['for'][]).map((wait) => (
        <li key={wait} className="inline-flex items-center gap-1.5">
          <span
            aria-hidden="true"
            className={`wait wait-${wait} inline-block h-3.5 w-7 rounded-sm border border-line`}
          />
          {waitLabels[wait]}
        </li>
      ))}
    </ul>
  );
}
