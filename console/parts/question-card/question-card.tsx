/**
 * A question with all that it takes to answer it: what is asked, the context beside it, how long there is, who else has
 * it open, the answer, and what came of it. It follows its run by itself.
 *
 *   <QuestionCard run={run} id={question.id} />
 */
import { Link } from '@tanstack/react-router';
import type { Question } from '../../../client/index.ts';
import { useMe } from '../../app/me.ts';
import type { RunStore } from '../../live/run-store.ts';
import { runStore, useRun } from '../../live/use-run.ts';
import { Fault } from '../fault.tsx';
import { forgetDraft } from '../kept-draft.ts';
import { Viewer } from '../viewers/viewer.tsx';
import { When } from '../when.tsx';
import { AlsoOpen } from './also-open.tsx';
import { AnswerForm, draftKeyOf } from './answer-form.tsx';
import { GivenAnswers } from './closed-question.tsx';
import { SendOutcome } from './send-outcome.tsx';
import { TimeLeft } from './time-left.tsx';
import { useAnswer } from './use-answer.ts';

export interface QuestionCardProps {
  run: string;
  /** Of the question, as in `q-7`. */
  id: string;
  /** It is the one that the screen is about: digits choose, wherever the focus is. */
  hasKeys?: boolean;
}

export function QuestionCard({ run, id, hasKeys = false }: QuestionCardProps) {
  const store = runStore(run);
  const { state, error } = useRun(store);
  const question = state?.questions.find((known) => known.id === id);
  if (question !== undefined) return <Card key={`${run} ${id}`} store={store} question={question} hasKeys={hasKeys} />;
  if (error) return <Fault error={error} />;
  if (state === null) return <p className="min-h-40 text-muted">Loading the question</p>;
  return (
    <p>
      Run <RunLink run={run} /> shows no question {id} (any more).
    </p>
  );
}

function Card({ store, question, hasKeys }: { store: RunStore; question: Question; hasKeys: boolean }) {
  const { run, id, kind, message, context, step, askedAt, audience, status, answers } = question;
  const { me } = useMe();
  const answering = useAnswer(store, question, () => {
    forgetDraft(draftKeyOf(question));
    forgetDraft(`${draftKeyOf(question)}:whole`);
  });
  const { came } = answering;
  const hasContext = context !== null && context !== undefined;
  const mayAnswer = isAddressed(question, me);
  const isAnswered =
    came === null ? me?.authenticated === true && answers.some(({ by }) => by === me.name) : came.kind !== 'refused';
  return (
    <article aria-label={`Question ${id} of ${run}`} className="rounded border border-line bg-surface p-4">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm text-muted">
        <span className="font-mono">{kind}</span>
        <RunLink run={run} />
        {step !== undefined && <span className="font-mono">{step}</span>}
        <span>
          asked <When at={askedAt} />
        </span>
        {audience.roles !== undefined && <span>for the roles {audience.roles.join(', ')}</span>}
        {audience.names !== undefined && <span>for {audience.names.join(', ')}</span>}
        <TimeLeft question={question} />
      </div>
      <p className="mt-2 max-h-96 overflow-auto whitespace-pre-wrap break-words text-lg font-medium">{message}</p>
      {status === 'open' && <AlsoOpen run={run} question={id} />}
      <div className={`mt-3 grid gap-4 ${hasContext ? 'xl:grid-cols-2' : ''}`}>
        {hasContext && (
          <div className="min-w-0">
            <p className="mb-1 text-sm font-medium">Context</p>
            <Viewer label="Context" run={run} value={context} />
          </div>
        )}
        <div className="min-w-0">
          <div role="status">{came !== null && <SendOutcome came={came} />}</div>
          <GivenAnswers question={question} />
          {status === 'open' && !isAnswered && mayAnswer && (
            <AnswerForm question={question} answering={answering} hasKeys={hasKeys} />
          )}
          {status === 'open' && !mayAnswer && <p className="text-muted">It is not addressed to you.</p>}
          {status !== 'open' && answering.error !== null && <Fault error={answering.error} />}
        </div>
      </div>
    </article>
  );
}

/** As the workflow has it: with nobody named, whoever sees it. */
function isAddressed({ audience }: Question, me: ReturnType<typeof useMe>['me']): boolean {
  const { roles = [], names = [] } = audience;
  if (me === undefined || !me.authenticated || me.roles.includes('ops') || roles.length + names.length === 0)
    return true;
  return names.includes(me.name) || roles.some((role) => me.roles.includes(role));
}

function RunLink({ run }: { run: string }) {
  return (
    <Link to="/runs/$run" params={{ run }} search={{}} className="break-all text-accent underline">
      {run}
    </Link>
  );
}
