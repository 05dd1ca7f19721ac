/** The frame of an act's form: what it asks for, why it was not done, and its button, which says why it cannot be pressed. */
import type { ReactNode } from 'react';
import { ActButton } from './act-button.tsx';
import { ActFault } from './act-fault.tsx';
import { acts, type ActName } from './acts.ts';

interface FrameProps {
  act: ActName;
  /** Of its button; default: the act's. */
  label?: string;
  /** Why it cannot be done now; null: it can. */
  whyNot: string | null;
  sending: { mutate: () => void; isPending: boolean; reset: () => void };
  /** That has no place of its own among the fields. */
  error: unknown;
  /** A fault of the act was seen, and how things stand now is looked at anew. */
  onLookAgain?: () => void;
  /** Asked last; what is wrong is told by whoever says no. */
  isRight?: () => boolean;
  children?: ReactNode;
}

export function ActForm(props: FrameProps) {
  const { act, label = acts[act].label, whyNot, sending, error, onLookAgain, isRight = () => true, children } = props;
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (whyNot === null && !sending.isPending && isRight()) sending.mutate();
      }}
    >
      {children}
      {Boolean(error) && (
        <ActFault
          error={error}
          onLookAgain={() => {
            sending.reset();
            onLookAgain?.();
          }}
        />
      )}
      <ActButton label={label} reason={whyNot} isBusy={sending.isPending} isDanger={acts[act].isDanger === true} />
    </form>
  );
}
