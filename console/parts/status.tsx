import type { RunStatus } from '../../client/index.ts';
import { statusLooks } from './status-looks.ts';

export function Status({ status }: { status: RunStatus }) {
  const { sign, label, colour } = statusLooks[status];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-medium ${colour}`}>
      <span aria-hidden="true" className="inline-block w-4 text-center">
        {sign}
      </span>
      <span>{label}</span>
    </span>
  );
}
