import type { Question } from '../../../client/index.ts';
import { Viewer } from '../viewers/viewer.tsx';
import { When } from '../when.tsx';

const words: Readonly<Record<Question['status'], string>> = {
  open: '',
  answered: 'It is answered.',
  expired: 'Nobody answered in time.',
  withdrawn: 'It was withdrawn: the run went on without it, or has ended.',
};

/** How it was closed, and the answers so far: who, when, what. */
export function GivenAnswers({ question }: { question: Question }) {
  const { status, answers, answersNeeded, closedAt, run } = question;
  return (
    <>
      {status !== 'open' && (
        <p className="font-medium">
          {words[status]} {closedAt !== undefined && <When at={closedAt} />}
        </p>
      )}
      {status === 'open' && answersNeeded > 1 && (
        <p className="text-sm text-muted">
          {answers.length} of {answersNeeded} answers are there.
        </p>
      )}
      <ul className="mt-1 space-y-2">
        {answers.map(({ by, onBehalfOf, at, answer }, index) => (
          <li key={index} className="rounded border border-line p-2">
            <p className="text-sm text-muted">
              <span className="font-medium text-text">{by}</span>
              {onBehalfOf !== undefined && ` for ${onBehalfOf}`}, <When at={at} />
            </p>
            <Viewer label={`Answer of ${by}`} run={run} value={answer} />
          </li>
        ))}
      </ul>
    </>
  );
}
