import type { RunStatus } from '../../../client/index.ts';
import { statusLooks } from '../../parts/status-looks.ts';

/** In one word, where room is short. */
export function StatusMark({ status }: { status: RunStatus }) {
  const { sign, label, colour } = statusLooks[status];
  return (
    <span className={`inline-flex items-center gap-1 whitespace-nowrap font-medium ${colour}`} title={label}>
      <span aria-hidden="true" className="inline-block w-4 text-center">
        {sign}
      </span>
      {statusWord(status)}
    </span>
  );
}

export function statusWord(status: RunStatus): string {
  return status === 'timed_out' || status === 'pending' ? statusLooks[status].label : status;
}
