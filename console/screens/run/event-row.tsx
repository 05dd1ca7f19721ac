import { memo } from 'react';
import type { RunEvent } from '../../../client/index.ts';
import { eventText } from './event-text.ts';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export const EventRow = memo(function EventRow({
  seq,
  event,
  isGone,
}: {
  seq: number;
  event: RunEvent | undefined;
  isGone: boolean;
}) {
  return (
    <div className="flex h-full items-center gap-3 whitespace-nowrap px-2" data-seq={seq}>
      <span className="w-14 shrink-0 text-right tabular-nums text-muted">{seq}</span>
      {event === undefined ? (
        <span className="text-muted">{isGone ? 'past retention' : '…'}</span>
      ) : (
        <>
          <time className="w-20 shrink-0 tabular-nums text-muted" dateTime={event.at}>
            {clock.format(new Date(event.at))}
          </time>
          <span className="w-44 shrink-0 truncate">{event.type}</span>
          <span className="w-32 shrink-0 truncate text-muted">{event.step ?? ''}</span>
          <span className="truncate">{eventText(event)}</span>
        </>
      )}
    </div>
  );
});
