/** Choices as buttons, fields for the rest, and what comes of it. */
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Question } from '../../../client/index.ts';
import { useKeys } from '../../app/keys.ts';
import { Button } from '../button.tsx';
import { Fault } from '../fault.tsx';
import { SchemaForm, type SchemaFormHandle } from '../schema-form/schema-form.tsx';
import { useFormInput } from '../schema-form/use-form-input.ts';
import { validate } from '../schema-form/validate.ts';
import { answerPlan, chosenAnswer, type AnswerPlan } from './answer-plan.ts';
import { ProposalChanges } from './proposal-changes.tsx';
import type { Answering } from './use-answer.ts';

export function draftKeyOf({ run, id }: Pick<Question, 'run' | 'id'>): string {
  return `answer:${run}/${id}`;
}

export function AnswerForm({
  question,
  answering,
  hasKeys,
}: {
  question: Question;
  answering: Answering;
  /** The digits choose, wherever the focus is. */
  hasKeys: boolean;
}) {
  const { run, id, answerSchema } = question;
  // Of a question, only its status, its answers and its time change.
  const plan = useMemo(() => answerPlan(question), [run, id]);
  const [isWhole, setWhole] = useState(false);
  const whole: AnswerPlan = useMemo(() => answerPlan({ ...question, choices: [] }), [run, id]);
  const shown = isWhole ? whole : plan;
  const input = useFormInput(shown.initial, `${draftKeyOf(question)}${isWhole ? ':whole' : ''}`);
  const form = useRef<SchemaFormHandle>(null);
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  const [chosen, setChosen] = useState<number | null>(null);
  const byChoice = !isWhole && plan.choices.length > 0;

  const sendChoice = (index: number) => {
    const choice = plan.choices[index];
    if (choice === undefined || input.fault !== null) return;
    const answer = chosenAnswer(question, plan, { choice: choice.value, entered: input.value });
    const faults = validate(answerSchema, answer);
    if (faults.length > 0) answering.refuse(faults);
    else answering.send(answer);
  };
  const sendForm = () => {
    if (form.current?.check() === true) answering.send(input.value);
  };
  const send = () => {
    if (!byChoice) sendForm();
    else if (chosen !== null) sendChoice(chosen);
  };
  const choose = (index: number) => {
    setChosen(index);
    buttons.current[index]?.focus();
  };
  const keys = useMemo(() => {
    if (!hasKeys || !byChoice) return {};
    return Object.fromEntries(plan.choices.slice(0, 9).map((_, index) => [String(index + 1), () => choose(index)]));
  }, [hasKeys, byChoice, plan]);
  useKeys(keys);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    send();
  };
  // A fault of a choice has no field of its own where nothing is entered.
  const listed = shown.schema === null ? answering.faults : [];
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDownCapture={onKeyDown}
    >
      {shown.schema !== null && (
        <div className="mb-3">
          <SchemaForm
            key={String(isWhole)}
            ref={form}
            label={byChoice ? 'Beside the choice' : 'Answer'}
            schema={shown.schema}
            input={input}
            serverFaults={answering.faults}
            isPlain={byChoice}
          />
          <ProposalChanges plan={shown} value={input.value} />
        </div>
      )}
      {listed.map(({ path, message }) => (
        <p key={path.join('.')} role="alert" className="mb-2 text-bad">
          {path.join('.')} {message}
        </p>
      ))}
      {answering.error !== null && (
        <div className="mb-3">
          <Fault error={answering.error} />
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {byChoice ? (
          plan.choices.map(({ label }, index) => (
            <Button
              key={index}
              ref={(button) => {
                buttons.current[index] = button;
              }}
              look={index === chosen ? 'main' : 'plain'}
              className="max-w-full text-left"
              isDisabled={answering.isSending || input.fault !== null}
              onPress={() => sendChoice(index)}
            >
              {index < 9 && (
                <kbd aria-hidden="true" className="rounded border border-current px-1 font-mono text-xs opacity-80">
                  {index + 1}
                </kbd>
              )}
              <span className="min-w-0 break-words">{label}</span>
            </Button>
          ))
        ) : (
          <Button type="submit" look="main" isDisabled={answering.isSending}>
            Send the answer
          </Button>
        )}
      </div>
      <p className="mt-2 text-sm text-muted">
        {byChoice
          ? 'A digit chooses, Enter or Ctrl Enter sends what is chosen; a click sends at once.'
          : 'Ctrl Enter sends, too.'}{' '}
        {plan.choices.length > 0 && (
          <button type="button" className="min-h-[24px] text-accent underline" onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'Back to the choices' : 'Another answer than these'}
          </button>
        )}
      </p>
    </form>
  );
}
