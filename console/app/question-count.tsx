/** How many questions are open: in the navigation, and before the title of every screen. */
import { createContext, useContext, type ReactNode } from 'react';
import { useQuestions } from '../live/use-questions.ts';
import { useMe } from './me.ts';
import { useQuestionNotices } from './question-notices.ts';

const QuestionCount = createContext(0);

export function useQuestionCount(): number {
  return useContext(QuestionCount);
}

export function QuestionCounted({ children }: { children: ReactNode }) {
  const { me } = useMe();
  const { questions } = useQuestions(me !== undefined);
  useQuestionNotices(me !== undefined);
  return <QuestionCount value={questions.length}>{children}</QuestionCount>;
}

/** Of one width for all counts that people have. */
export function QuestionBadge() {
  const count = useQuestionCount();
  return (
    <span className="ml-1 inline-block min-w-6 text-center text-sm tabular-nums">
      {count > 0 && (
        <span className="rounded-full bg-warn px-1.5 font-medium text-surface">
          {count}
          <span className="sr-only"> open</span>
        </span>
      )}
    </span>
  );
}
