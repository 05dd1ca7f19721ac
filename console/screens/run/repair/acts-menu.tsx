/** Everything that this person may do to the run, with what it does, or why not now. */
import { ChevronDown } from 'lucide-react';
import { useId } from 'react';
import { Link } from '@tanstack/react-router';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useRunStore } from '../../../live/use-run.ts';
import { useTimeline } from '../../../live/use-timeline.ts';
import { Button } from '../../../parts/button.tsx';
import { acts, type Act, type ActFacts, type ActName } from './acts.ts';

interface ActsMenuProps {
  run: string;
  facts: ActFacts;
  offered: readonly ActName[];
  onChoose: (act: ActName) => void;
}

export function ActsMenu(props: ActsMenuProps) {
  return (
    <DialogTrigger>
      <Button>
        More
        <ChevronDown size={16} aria-hidden="true" />
      </Button>
      <Popover
        placement="bottom end"
        className="w-[min(30rem,calc(100vw-1.5rem))] overflow-auto rounded border border-line bg-surface p-3 shadow-lg"
      >
        <Dialog aria-label="What may be done" className="outline-none">
          {({ close }) => <Groups {...props} onClose={close} />}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

const groups: readonly Act['group'][] = ['Go on', 'Hold', 'Look', 'End'];

function Groups({ run, facts, offered, onChoose, onClose }: ActsMenuProps & { onClose: () => void }) {
  const { timeline } = useTimeline(useRunStore());
  const known = { ...facts, pending: timeline?.now.pending ?? null };
  return groups.map((group) => {
    const names = offered.filter((act) => acts[act].group === group);
    if (names.length === 0) return null;
    return (
      <section key={group} aria-label={group} className="mb-3 last:mb-0">
        <h2 className="mb-1 text-sm font-semibold text-muted">{group}</h2>
        <ul className="space-y-1">
          {names.map((act) => (
            <Row
              key={act}
              act={acts[act]}
              whyNot={acts[act].whyNot(known)}
              onPress={() => {
                onClose();
                onChoose(act);
              }}
            />
          ))}
          {group === 'Look' && (
            <li className="flex items-baseline gap-3 py-1 text-sm">
              <Link to="/compare" search={{ left: run }} className="text-accent underline">
                Compare with another run
              </Link>
            </li>
          )}
        </ul>
      </section>
    );
  });
}

function Row({
  act: { label, does, isDanger },
  whyNot,
  onPress,
}: {
  act: Act;
  whyNot: string | null;
  onPress: () => void;
}) {
  const id = useId();
  return (
    <li className="grid grid-cols-[10.5rem_1fr] items-center gap-3">
      <Button
        look={isDanger ? 'danger' : 'plain'}
        className="justify-start text-left"
        isDisabled={whyNot !== null}
        aria-describedby={id}
        onPress={onPress}
      >
        {label}
      </Button>
      <span id={id} className="text-sm text-muted">
        {whyNot ?? does}
      </span>
    </li>
  );
}
