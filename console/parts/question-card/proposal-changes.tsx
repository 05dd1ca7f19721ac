import { lazy, Suspense } from 'react';
import { lasting } from '../../app/lasting.ts';
import type { AnswerPlan } from './answer-plan.ts';

const EditsDiff = lazy(lasting(() => import('./edits-diff.tsx')));

/** What the person has made of the proposals. */
export function ProposalChanges({ plan, value }: { plan: AnswerPlan; value: unknown }) {
  const before = (plan.initial ?? {}) as Record<string, unknown>;
  const after = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const changed = plan.proposed.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (plan.proposed.length === 0) return null;
  return (
    <div className="mb-3">
      <p className="mb-1 text-sm text-muted">
        {changed.length === 0
          ? `${plan.proposed.join(', ')}: as it was proposed; edit it if you like`
          : `You have changed ${changed.join(', ')}:`}
      </p>
      <Suspense>
        {changed.map((name) => (
          <EditsDiff key={name} name={name} before={textOf(before[name])} after={textOf(after[name])} />
        ))}
      </Suspense>
    </div>
  );
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
