import { Link } from '@tanstack/react-router';
import type { Question } from '../../../client/index.ts';
import { questionKey } from '../../live/question-inbox.ts';
import { TimeLeft } from '../../parts/question-card/time-left.tsx';
import { When } from '../../parts/when.tsx';

export function QuestionList({
  questions,
  current,
  run,
}: {
  questions: readonly Question[];
  /** Its key. */
  current: string | null;
  /** Those of this run alone are listed. */
  run: string | undefined;
}) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded border border-line bg-surface">
      {questions.map((question) => {
        const key = questionKey(question);
        return (
          <li key={key} className={`relative p-3 ${key === current ? 'bg-raised' : 'hover:bg-raised'}`}>
            <Link
              to="/questions"
              search={{ ...(run !== undefined && { run }), question: key }}
              aria-current={key === current ? 'true' : undefined}
              data-question={key}
              className="line-clamp-2 break-words font-medium after:absolute after:inset-0"
            >
              {question.message}
            </Link>
            <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-muted">
              <span className="max-w-full truncate">{question.run}</span>
              <When at={question.askedAt} />
              <TimeLeft question={question} isShort />
            </p>
          </li>
        );
      })}
    </ul>
  );
}
