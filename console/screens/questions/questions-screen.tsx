import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { useKeys } from '../../app/keys.ts';
import { questionKey } from '../../live/question-inbox.ts';
import { useQuestions } from '../../live/use-questions.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { QuestionCard } from '../../parts/question-card/question-card.tsx';
import { NoticeButton } from './notice-button.tsx';
import { QuestionList } from './question-list.tsx';
import { neighbour, openQuestionOf } from './question-search.ts';

/** The inbox: the list, and the question that is open; on a phone one or the other. */
export function QuestionsScreen() {
  const search = useSearch({ from: '/questions' });
  const { run } = search;
  const { state, questions, error } = useQuestions();
  const open = openQuestionOf(search);
  const listed = run === undefined ? questions : questions.filter((question) => question.run === run);
  const pane = useRef<HTMLDivElement>(null);
  const current = open && questionKey(open);
  useInboxKeys(
    listed.map((question) => questionKey(question)),
    current,
    { run, pane },
  );
  return (
    <Page title="Questions" aside={<NoticeButton />}>
      {error && <Fault error={error} />}
      {run !== undefined && (
        <p className="mb-3 text-sm">
          Those of <span className="font-mono">{run}</span>;{' '}
          <Link to="/questions" search={{}} className="text-accent underline">
            all runs
          </Link>
        </p>
      )}
      <div className="grid gap-4 lg:grid-cols-[22rem_1fr]">
        <section aria-label="Open questions" className={open === null ? '' : 'hidden lg:block'}>
          {state === 'loading' && <p className="min-h-40 text-muted">Loading</p>}
          {state === 'ready' && listed.length === 0 && (
            <p className="rounded border border-line bg-surface p-4 text-muted">
              Nothing is asked. What is asked appears here by itself.
            </p>
          )}
          {listed.length > 0 && <QuestionList questions={listed} current={current} run={run} />}
        </section>
        <div ref={pane} tabIndex={-1} className="min-w-0 outline-none">
          {open === null ? (
            <p className="hidden p-4 text-muted lg:block">
              Choose a question; <kbd>j</kbd> and <kbd>k</kbd> go through them.
            </p>
          ) : (
            <>
              <p className="mb-2 lg:hidden">
                <Link
                  to="/questions"
                  search={run === undefined ? {} : { run }}
                  className="inline-block min-h-[24px] text-accent underline"
                >
                  All questions
                </Link>
              </p>
              <QuestionCard run={open.run} id={open.id} hasKeys />
            </>
          )}
        </div>
      </div>
    </Page>
  );
}

/** j and k go through the list, Enter into the question. */
function useInboxKeys(
  keys: readonly string[],
  current: string | null,
  { run, pane }: { run: string | undefined; pane: React.RefObject<HTMLDivElement | null> },
): void {
  const navigate = useNavigate();
  const listed = keys.join('\n');
  const bindings = useMemo(() => {
    const go = (step: 1 | -1) => () => {
      const key = neighbour(listed === '' ? [] : listed.split('\n'), current, step);
      const rest = run === undefined ? {} : { run };
      if (key !== null) void navigate({ to: '/questions', search: { ...rest, question: key }, replace: true });
    };
    return { j: go(1), k: go(-1) };
  }, [listed, current, run, navigate]);
  useKeys(bindings);
  useEffect(() => {
    const onEnter = (event: KeyboardEvent) => {
      // A link or a button has a use of its own for it.
      const isFree = document.activeElement === document.body || document.activeElement?.id === 'main';
      if (event.key !== 'Enter' || event.defaultPrevented || !isFree) return;
      const first = pane.current?.querySelector<HTMLElement>('form input, form textarea, form select, form button');
      (first ?? pane.current)?.focus();
      event.preventDefault();
    };
    document.addEventListener('keydown', onEnter);
    return () => document.removeEventListener('keydown', onEnter);
  }, [pane]);
}
