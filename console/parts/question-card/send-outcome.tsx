import type { CameOf } from './came-of.ts';

/** What came of the answer that was sent from here. */
export function SendOutcome({ came }: { came: CameOf }) {
  switch (came.kind) {
    case 'counted':
      return (
        <p className="font-medium text-good">
          {came.have >= came.need ? 'Your answer is accepted.' : `Your answer counts: ${came.have} of ${came.need}.`}
        </p>
      );
    case 'recorded':
      return (
        <p className="font-medium text-warn">
          Your answer is recorded. No worker has taken it yet: it is safe, and counts as soon as one is back.
        </p>
      );
    case 'refused':
      return <p className="font-medium text-bad">Your answer was refused: {came.message}</p>;
    case 'late':
      return <p className="font-medium text-bad">Your answer came too late.</p>;
  }
}
