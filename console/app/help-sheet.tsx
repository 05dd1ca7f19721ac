import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from '../parts/button.tsx';

const groups: readonly { title: string; keys: readonly (readonly [keys: string, does: string])[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['?', 'This sheet'],
      ['g s', 'Start a run'],
      ['g r', 'Runs'],
      ['g q', 'Questions'],
      ['g f', 'Failures'],
      ['g j', 'Jobs'],
      ['g y', 'System'],
      ['/', 'To the search or filter of this screen'],
    ],
  },
  {
    title: 'Lists',
    keys: [
      ['j, k', 'Next, previous'],
      ['Enter', 'Open'],
      ['x', 'Select'],
      ['X', 'Select up to here'],
    ],
  },
  {
    title: 'Questions',
    keys: [
      ['1 … 9', 'Choose an answer'],
      ['Ctrl Enter', 'Send the answer'],
    ],
  },
  {
    title: 'A run',
    keys: [
      ['← →', 'Another tab'],
      ['End', 'The newest event, and follow'],
    ],
  },
];

export function HelpSheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className="fixed inset-0 z-40 flex items-start justify-center overflow-auto bg-black/50 p-4"
    >
      <Modal className="w-full max-w-2xl rounded-lg border border-line bg-surface p-5">
        <Dialog className="outline-none">
          <div className="mb-3 flex items-center">
            <Heading slot="title" className="text-lg font-semibold">
              Keys
            </Heading>
            <Button className="ml-auto" onPress={onClose}>
              Close
            </Button>
          </div>
          <div className="grid gap-5 sm:grid-cols-2">
            {groups.map(({ title, keys }) => (
              <section key={title}>
                <h3 className="mb-1 font-medium">{title}</h3>
                <dl className="grid grid-cols-[6rem_1fr] gap-x-3 gap-y-1">
                  {keys.map(([key, does]) => (
                    <div key={key} className="contents">
                      <dt>
                        <kbd className="rounded border border-line bg-raised px-1.5 font-mono text-sm">{key}</kbd>
                      </dt>
                      <dd className="text-muted">{does}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
