/** Everything that this person may do to the run, with what it does, or why not now. */
import { ChevronDown } from 'lucide-react';
import { useId } from 'react';
import { Link } from '@tanstack/react-router';
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
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
      <ModalOverlay isDismissable className="fixed inset-0 z-40 flex justify-center overflow-auto bg-black/50 p-3">
        <Modal className="my-auto w-full max-w-2xl rounded-lg border border-line bg-surface p-4">
          <Dialog className="outline-none">
            {({ close }) => (
              <>
                <div className="mb-3 flex items-center">
                  <Heading slot="title" className="text-lg font-semibold">
                    What may be done
                  </Heading>
                  <Button className="ml-auto" onPress={close}>
                    Close
                  </Button>
                </div>
                <Groups {...props} onClose={close} />
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
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
        <h3 className="mb-1 text-sm font-semibold text-muted">{group}</h3>
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
