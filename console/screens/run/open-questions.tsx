import { lazy, memo, Suspense, useState } from 'react';
import { lasting } from '../../app/lasting.ts';
import type { RunView } from '../../../client/index.ts';

/** Loaded where there is a question: forms are large. */
const QuestionCard = lazy(
  lasting(async () => ({
    default: memo((await import('../../parts/question-card/question-card.tsx')).QuestionCard),
  })),
);

/** What people are asked by this run; and the last that was open here, so that what came of it is seen. */
export function OpenQuestions({ state }: { state: RunView }) {
  const open = state.questions.filter(({ status }) => status === 'open').map(({ id }) => id);
  const [last, setLast] = useState<string | undefined>();
  const newest = open.at(-1);
  if (newest !== undefined && newest !== last) setLast(newest);
  const shown = open.length === 0 && last !== undefined ? [last] : open;
  if (shown.length === 0) return null;
  return (
    <section aria-label="Open questions" className="mb-4 space-y-3">
      {shown.map((id) => (
        <Suspense key={id} fallback={<p className="min-h-40 text-muted">Loading the question</p>}>
          <QuestionCard run={state.id} id={id} />
        </Suspense>
      ))}
    </section>
  );
}
