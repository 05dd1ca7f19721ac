import type { Question } from '../../../client/index.ts';
import { useNow } from '../../live/use-now.ts';
import { timeLeftText } from './time-left-text.ts';

/** How long there is to answer, and what comes then. Its width stays. */
export function TimeLeft({
  question: { expiresAt, onTimeout, status },
  isShort = false,
}: {
  question: Question;
  /** Only how long. */
  isShort?: boolean;
}) {
  const now = useNow(expiresAt !== undefined && status === 'open');
  if (expiresAt === undefined || status !== 'open') return null;
  const leftMs = Date.parse(expiresAt) - now;
  return (
    <span className={`text-sm ${leftMs < 60_000 ? 'text-bad' : 'text-warn'}`}>
      <span role="timer" className="inline-block min-w-12 tabular-nums">
        {timeLeftText(leftMs)}
      </span>{' '}
      left{!isShort && `, ${then(onTimeout)}`}
    </span>
  );
}

function then(onTimeout: Question['onTimeout']): string {
  switch (onTimeout.then) {
    case 'fail':
      return 'then the run fails';
    case 'escalate':
      return `then it goes to the role ${onTimeout.role}`;
    case 'default':
      return `then the answer is ${JSON.stringify(onTimeout.answer)}`;
  }
}
