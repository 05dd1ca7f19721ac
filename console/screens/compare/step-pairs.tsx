import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { TimelineStep } from '../../../client/index.ts';
import { Button } from '../../parts/button.tsx';
import { durationText } from '../../parts/duration.ts';
import { StepStatus } from '../run/step-status.tsx';
import type { StepPair } from './align-steps.ts';

/** So many at once; a run may have thousands. */
const shownAtOnce = 200;

const howLooks: Readonly<Record<StepPair['how'], { text: string; colour: string }>> = {
  same: { text: 'the same', colour: 'text-muted' },
  differs: { text: 'differs', colour: 'text-warn' },
  left: { text: 'only on the left', colour: 'text-accent' },
  right: { text: 'only on the right', colour: 'text-accent' },
  past: { text: 'before the fork', colour: 'text-muted' },
};

export function StepPairs({ left, right, pairs }: { left: string; right: string; pairs: readonly StepPair[] }) {
  const [shown, setShown] = useState(shownAtOnce);
  const different = pairs.filter(({ how }) => how !== 'same' && how !== 'past').length;
  return (
    <section aria-label="Steps" className="rounded border border-line bg-surface p-3">
      <h2 className="mb-1 font-semibold">Steps</h2>
      <p className="mb-2 text-sm text-muted">
        {pairs.length === 0 ? 'There are none yet.' : `${different} of ${pairs.length} are different.`}
      </p>
      <ul className="divide-y divide-line text-sm">
        {pairs.slice(0, shown).map(({ step, left: one, right: other, how, differences }, index) => (
          <li key={index} className="grid gap-x-4 gap-y-1 py-2 sm:grid-cols-[14rem_1fr_1fr]">
            <div className="min-w-0">
              <span className="break-all font-mono">{step}</span>
              <span className={`block ${howLooks[how].colour}`}>
                {howLooks[how].text}
                {differences.length > 0 && `: ${differences.join(', ')}`}
              </span>
            </div>
            <StepCell side="Left" run={left} step={one} />
            <StepCell side="Right" run={right} step={other} />
          </li>
        ))}
      </ul>
      {pairs.length > shown && (
        <Button onPress={() => setShown(shown + shownAtOnce)}>Show more of {pairs.length.toLocaleString()}</Button>
      )}
    </section>
  );
}

function StepCell({ side, run, step }: { side: string; run: string; step: TimelineStep | null }) {
  if (step === null) return <div className="hidden text-muted sm:block">–</div>;
  const tokens = step.usage.inputTokens + step.usage.outputTokens;
  return (
    <div className="flex min-w-0 flex-wrap gap-x-3">
      <span className="w-12 text-muted sm:sr-only">{side}</span>
      <StepStatus status={step.status} />
      {step.durationMs !== null && <span className="tabular-nums">{durationText(step.durationMs)}</span>}
      {step.attempts.length > 1 && <span>{step.attempts.length} attempts</span>}
      {tokens > 0 && <span className="tabular-nums">{tokens.toLocaleString()} tokens</span>}
      <Link
        to="/runs/$run/$tab"
        params={{ run, tab: 'timeline' }}
        search={{ selectedStep: step.step, stepSeq: String(step.seq) }}
        aria-label={`To it: ${step.step} of the ${side.toLowerCase()} run`}
        className="text-accent underline"
      >
        To it
      </Link>
      {step.error !== null && <span className="w-full break-words text-bad">{step.error.message}</span>}
    </div>
  );
}
