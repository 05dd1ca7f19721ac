/** One act on the run, prepared: it stands above the parts of the run, so that one sees what it is about. */
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { RunView } from '../../../../client/index.ts';
import { useRunStore } from '../../../live/use-run.ts';
import { useTimeline } from '../../../live/use-timeline.ts';
import { Button } from '../../../parts/button.tsx';
import { acts, type ActName } from './acts.ts';
import { DeleteForm } from './delete-form.tsx';
import { EndForm } from './end-form.tsx';
import { ExportForm } from './export-form.tsx';
import { GoOnForm } from './go-on-form.tsx';
import { HoldForm } from './hold-form.tsx';
import { MessageForm } from './message-form.tsx';
import type { ActFormProps } from './panel-props.ts';
import { VerifyForm } from './verify-form.tsx';

const forms: Readonly<Record<ActName, (props: ActFormProps) => React.ReactNode>> = {
  begin: EndForm,
  resume: GoOnForm,
  retry: GoOnForm,
  reset: GoOnForm,
  fork: GoOnForm,
  message: MessageForm,
  pause: HoldForm,
  unpause: HoldForm,
  'retry-step': HoldForm,
  'pause-step': HoldForm,
  'unpause-step': HoldForm,
  verify: VerifyForm,
  export: ExportForm,
  cancel: EndForm,
  terminate: EndForm,
  delete: DeleteForm,
};

export default function RepairPanel({
  act,
  state,
  onDone,
  onClose,
}: {
  act: ActName;
  state: RunView;
  onDone: (text: string) => void;
  onClose: () => void;
}) {
  const timeline = useTimeline(useRunStore());
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [act]);
  const { label, does, whyNot } = acts[act];
  const facts = {
    status: state.status,
    isPaused: state.paused !== undefined,
    hasSteps: Object.keys(state.agents).length > 0,
    pending: timeline.timeline?.now.pending ?? null,
  };
  const Form = forms[act];
  return (
    <section
      aria-label={label}
      className="mb-4 rounded border-2 border-accent bg-surface p-4"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className="mb-3 flex items-start gap-3">
        <div>
          <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
            {label}
          </h2>
          <p className="text-muted">{does}</p>
        </div>
        <Button className="ml-auto !px-2" aria-label="Close" onPress={onClose}>
          <X size={16} aria-hidden="true" />
        </Button>
      </div>
      <Form key={act} act={act} state={state} timeline={timeline} whyNot={whyNot(facts)} onDone={onDone} />
    </section>
  );
}
