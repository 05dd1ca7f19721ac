import { useNotices, type Notices } from '../../app/question-notices.ts';
import { Button } from '../../parts/button.tsx';

const whyNot: Readonly<Record<Notices, string | null>> = {
  on: null,
  off: null,
  forbidden: 'The browser has been told to show none',
  impossible: 'This browser shows none at this address',
};

/** Notices of the desktop, while the page is out of sight. */
export function NoticeButton() {
  const { notices, turn } = useNotices();
  const reason = whyNot[notices];
  return (
    <span className="flex flex-wrap items-center gap-2 text-sm">
      {reason !== null && (
        <span id="why-no-notices" className="text-muted">
          {reason}
        </span>
      )}
      <Button
        isDisabled={reason !== null}
        {...(reason !== null && { 'aria-describedby': 'why-no-notices' })}
        onPress={() => turn(notices !== 'on')}
      >
        {notices === 'on' ? 'No more desktop notices' : 'Desktop notices'}
      </Button>
    </span>
  );
}
