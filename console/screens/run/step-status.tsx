import type { TimelineStep } from '../../../client/index.ts';
import { stepLooks } from './step-looks.ts';

export function StepStatus({ status }: { status: TimelineStep['status'] }) {
  const { sign, label, colour } = stepLooks[status];
  return (
    <span className={`whitespace-nowrap ${colour}`}>
      <span aria-hidden="true">{sign} </span>
      {label}
    </span>
  );
}
