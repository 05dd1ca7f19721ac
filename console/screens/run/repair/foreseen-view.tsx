/** What would happen, in words: what runs again, whether that may do harm, what people are asked again. */
import type { Prediction, RunView, Verification } from '../../../../client/index.ts';
import { VerificationView } from './verification-view.tsx';

export function ForeseenView({ prediction, state }: { prediction: Prediction; state: RunView }) {
  const { repeats, questions, from, verification } = prediction;
  const messages = new Map(state.questions.map(({ id, message }) => [id, message]));
  return (
    <div className="space-y-2">
      <p>
        {from.step === null ? 'From the state after' : `From before ${from.step}, after`} event {from.seq}.
      </p>
      {repeats.length === 0 ? (
        <p>No step that has run before runs again.</p>
      ) : (
        <div>
          <p className="font-medium">{repeats.length === 1 ? 'One step runs' : `${repeats.length} steps run`} again</p>
          <ul className="max-h-48 overflow-auto" tabIndex={repeats.length > 6 ? 0 : undefined}>
            {repeats.map(({ step, startedAttempts, repeatable }) => (
              <li key={step} className="flex flex-wrap gap-x-3 py-0.5">
                <span className="font-mono">{step}</span>
                <span className="text-muted">
                  {startedAttempts === 1 ? '1 attempt had' : `${startedAttempts} attempts had`} started
                </span>
                <span className={repeatable ? 'text-good' : 'text-warn'}>
                  {repeatable
                    ? 'declared safe to repeat'
                    : 'not declared safe to repeat: what it does outside is done again'}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {questions.length > 0 && (
        <div>
          <p className="font-medium">
            {questions.length === 1 ? 'One question is' : `${questions.length} questions are`} asked again
          </p>
          <ul>
            {questions.map(({ id, kind, step }) => (
              <li key={id} className="break-words py-0.5">
                {messages.get(id) ?? kind} <span className="font-mono text-muted">{step}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {verification !== undefined && <Fit verification={verification} />}
    </div>
  );
}

function Fit({ verification }: { verification: Verification | null }) {
  if (verification === null)
    return <p className="text-warn">No worker has said in time whether its code fits the run.</p>;
  return <VerificationView verification={verification} />;
}
