import { Link } from '@tanstack/react-router';
import type { JobPreview } from '../../../client/index.ts';
import { statusWord, StatusMark } from '../runs/status-mark.tsx';
import { previewWords } from './job-words.ts';

/** How many runs it would be, and what of the newest would be repeated, asked again and refused. */
export function PreviewView({ preview: { count, byStatus, sample } }: { preview: JobPreview }) {
  const { repeats, questions, refused } = previewWords(sample);
  const statuses = Object.entries(byStatus).toSorted(([, a], [, b]) => b - a);
  return (
    <div className="grid gap-2">
      <p>
        <strong className="tabular-nums">{count.toLocaleString()}</strong> {count === 1 ? 'run fits' : 'runs fit'}
        {statuses.length > 0 && ': '}
        {statuses.map(([status, runs]) => `${runs.toLocaleString()} ${statusWord(status as never)}`).join(', ')}
      </p>
      {sample.length > 0 && (
        <>
          <h3 className="text-sm text-muted">
            Of the newest {sample.length === 1 ? 'one' : sample.length}, looked at one by one
          </h3>
          <ul className="grid gap-1">
            <li>
              {repeats.length === 0 ? 'No step that has begun is repeated.' : 'Steps that had begun are repeated: '}
              {repeats.map(({ agent, steps, isSafe }, index) => (
                <span key={agent}>
                  {index > 0 && ', '}
                  {steps} of <code>{agent}</code>
                  {!isSafe && <strong className="text-bad"> (it does not say that repeating it does no harm)</strong>}
                </span>
              ))}
            </li>
            {questions.map(({ kind, count: times }) => (
              <li key={kind}>
                People are asked again: <code>{kind}</code>, {times} {times === 1 ? 'time' : 'times'}
              </li>
            ))}
            {refused.map(({ code, count: runs, message }) => (
              <li key={code} className="text-warn">
                {runs} would refuse: <code>{code}</code> ({message})
              </li>
            ))}
          </ul>
          <details>
            <summary className="cursor-pointer text-sm">Run by run</summary>
            <ul className="mt-1 max-h-72 overflow-y-auto text-sm" tabIndex={0} aria-label="Run by run">
              {sample.map((each) => (
                <li key={each.run} className="flex flex-wrap gap-x-3 border-b border-line py-1">
                  <Link
                    to="/runs/$run"
                    params={{ run: each.run }}
                    search={{}}
                    className="min-w-0 break-all text-accent underline"
                  >
                    {each.run}
                  </Link>
                  <StatusMark status={each.status} />
                  <span className="text-muted">{resultWords(each)}</span>
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
    </div>
  );
}

function resultWords({ prediction, refused }: JobPreview['sample'][number]): string {
  if (refused) return `would refuse: ${refused.code}`;
  if (prediction === null) return 'nothing is repeated';
  const steps = prediction.repeats.map(({ step, startedAttempts }) => `${step} (${startedAttempts})`);
  const from = prediction.from.step ?? 'the beginning';
  return `from ${from}; ${steps.length === 0 ? 'repeats nothing' : `repeats ${steps.join(', ')}`}`;
}
