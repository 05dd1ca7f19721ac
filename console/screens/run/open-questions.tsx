import { Link } from '@tanstack/react-router';
import type { RunView } from '../../../client/index.ts';

/** What people are asked by this run. */
export function OpenQuestions({ state }: { state: RunView }) {
  const open = state.questions.filter(({ status }) => status === 'open');
  if (open.length === 0) return null;
  return (
    <section aria-label="Open questions" className="mb-4 space-y-2">
      {open.map(({ id, message, step }) => (
        <div key={id} className="rounded border border-warn bg-surface p-3">
          <p className="whitespace-pre-wrap break-words">{message}</p>
          <p className="mt-1 text-sm text-muted">
            {step !== undefined && <span className="mr-3 font-mono">{step}</span>}
            <Link to="/questions" search={{ run: state.id }} className="text-accent underline">
              Answer
            </Link>
          </p>
        </div>
      ))}
    </section>
  );
}
