import { useEffect, type ReactNode } from 'react';
import { useQuestionCount } from '../app/question-count.tsx';

/** A screen: its heading, what stands beside it, and the title of the tab, with how many questions are open. */
export function Page({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const questions = useQuestionCount();
  useEffect(() => {
    document.title = `${questions > 0 ? `(${questions}) ` : ''}${title} · Baton`;
  }, [title, questions]);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <h1 className="text-xl font-semibold">{title}</h1>
        {aside !== undefined && <div className="ml-auto flex flex-wrap items-center gap-2">{aside}</div>}
      </div>
      {children}
    </>
  );
}
