import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { RunView } from '../../../../client/index.ts';

/** Of a fork: the way back, and beside it. */
export function ForkedFrom({ state: { id, from } }: { state: RunView }) {
  return from === null ? null : <Line id={id} run={from.run} step={from.step} />;
}

const Line = memo(function Line({ id, run, step }: { id: string; run: string; step: string | null }) {
  return (
    <p className="mb-4 flex flex-wrap gap-x-4 gap-y-1">
      <span>
        Forked from{' '}
        <Link to="/runs/$run" params={{ run }} search={{}} className="break-all text-accent underline">
          {run}
        </Link>
        {step === null ? ', from the beginning' : `, from before ${step}`}
      </span>
      <Link to="/compare" search={{ left: run, right: id }} className="text-accent underline">
        Compare the two
      </Link>
    </p>
  );
});
