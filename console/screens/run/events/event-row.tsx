import { memo } from 'react';
import type { RunEvent } from '../../../../client/index.ts';
import { eventText } from './event-text.ts';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Two lines where the page is narrow, else one. */
export const EventRow = memo(function EventRow({
  seq,
  event,
  isGone,
  isSelected,
}: {
  seq: number;
  event: RunEvent | undefined;
  isGone: boolean;
  isSelected: boolean;
}) {
  return (
    <div
      data-seq={event === undefined ? undefined : seq}
      className={`flex h-full cursor-default flex-wrap content-center items-center gap-x-3 overflow-hidden whitespace-nowrap px-2 sm:flex-nowrap ${
        isSelected ? 'bg-raised outline-2 -outline-offset-2 outline-accent' : 'hover:bg-raised'
      }`}
    >
      <span className="w-14 shrink-0 text-right tabular-nums text-muted">{seq}</span>
      {event === undefined ? (
        <span className="text-muted">{isGone ? 'past retention' : '…'}</span>
      ) : (
        <>
          <time className="w-20 shrink-0 tabular-nums text-muted" dateTime={event.at}>
            {clock.format(new Date(event.at))}
          </time>
          <span className={`w-40 min-w-0 shrink truncate sm:w-48 sm:shrink-0 ${colourOf(event.type)}`}>
            {event.type}
          </span>
          <span className="hidden w-36 shrink-0 truncate text-muted lg:inline">{event.step ?? ''}</span>
          <span className="w-full min-w-0 truncate pl-17 sm:w-auto sm:grow sm:pl-0">{eventText(event)}</span>
        </>
      )}
    </div>
  );
});

function colourOf(type: string): string {
  if (/failed$|timed_out$|terminated$|expired$|refused$/.test(type)) return 'text-bad';
  if (type.startsWith('question.')) return 'text-warn';
  if (type.endsWith('completed')) return 'text-good';
  return type.startsWith('supervisor.') ? 'text-accent' : '';
}
