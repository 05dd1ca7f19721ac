import { useId } from 'react';
import { Button } from '../../../parts/button.tsx';

/** Of a form: while it cannot be pressed, it says why. */
export function ActButton({
  label,
  reason,
  isBusy,
  isDanger = false,
}: {
  label: string;
  /** null: it can be pressed. */
  reason: string | null;
  isBusy: boolean;
  isDanger?: boolean;
}) {
  const id = useId();
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-3">
      <Button
        type="submit"
        look={isDanger ? 'danger' : 'main'}
        isDisabled={reason !== null || isBusy}
        aria-describedby={id}
      >
        {isBusy ? `${label} …` : label}
      </Button>
      <span id={id} className="text-sm text-muted">
        {reason}
      </span>
    </div>
  );
}
