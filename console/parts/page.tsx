import { useEffect, type ReactNode } from 'react';
import { useQuestionCount } from '../app/question-count.tsx';

/** A screen: its heading, what stands beside it, and the title of the tab, with how many questions are open. */
export function Page({
  title,
  beside,
  aside,
  children,
}: {
  title: string;
  /** Next to the heading. */
  beside?: ReactNode;
  /** At the end of its line. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  const questions = useQuestionCount();
  useEffect(() => {
    document.title = `${questions > 0 ? `(${questions}) ` : ''}${title} · Baton`;
  }, [title, questions]);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <div className="flex min-w-0 items-center gap-1">
          <h1 className="min-w-0 break-words text-xl font-semibold">{title}</h1>
          {beside}
        </div>
        {aside !== undefined && <div className="ml-auto flex flex-wrap items-center gap-2">{aside}</div>}
      </div>
      {children}
    </>
  );
}
