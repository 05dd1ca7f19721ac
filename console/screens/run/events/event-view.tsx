/** One event, raw: what stands in the log. */
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { RunStore } from '../../../live/run-store.ts';
import { When } from '../../../parts/when.tsx';
import { CopyButton } from '../copy-button.tsx';
import { Viewer } from '../../../parts/viewers/viewer.tsx';

export interface EventViewProps {
  store: RunStore;
  seq: number;
  lastSeq: number;
  onSelect: (seq: number | null) => void;
}

export function EventView({ store, seq, lastSeq, onSelect }: EventViewProps) {
  useEffect(() => store.want(seq, seq), [store, seq, lastSeq]);
  const event = store.pages.get(seq);
  return (
    <section aria-label={`Event ${seq}`} className="min-w-0 rounded border border-line bg-surface p-3">
      <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-semibold tabular-nums">Event {seq}</h2>
        {event && (
          <>
            <code className="text-sm">{event.type}</code>
            {event.step !== undefined && <span className="font-mono text-sm text-muted">{event.step}</span>}
            {event.attempt !== undefined && <span className="text-sm text-muted">attempt {event.attempt}</span>}
            <span className="text-sm text-muted">
              <When at={event.at} />
            </span>
          </>
        )}
        <span className="ml-auto flex items-center">
          {event && <CopyButton text={JSON.stringify(event, null, 2)} label="Copy the event as JSON" />}
          <CopyButton text={addressOf(seq)} label="Copy a link to this event" />
          <Small label="The event before" isDisabled={seq <= 1} onPress={() => onSelect(seq - 1)}>
            <ChevronUp size={16} aria-hidden="true" />
          </Small>
          <Small label="The next event" isDisabled={seq >= lastSeq} onPress={() => onSelect(seq + 1)}>
            <ChevronDown size={16} aria-hidden="true" />
          </Small>
          <Small label="Close the event" onPress={() => onSelect(null)}>
            <X size={16} aria-hidden="true" />
          </Small>
        </span>
      </div>
      {event ? (
        <Viewer run={store.run} value={event.data} label={`Data of event ${seq}`} />
      ) : (
        <p className="text-muted">{store.pages.isGone(seq) ? 'It is past retention.' : 'Fetching…'}</p>
      )}
    </section>
  );
}

function Small(props: { label: string; isDisabled?: boolean; onPress: () => void; children: React.ReactNode }) {
  const { label, isDisabled = false, onPress, children } = props;
  return (
    <AriaButton
      aria-label={label}
      isDisabled={isDisabled}
      onPress={onPress}
      className="inline-flex size-7 items-center justify-center rounded text-muted hover:bg-raised hover:text-text disabled:opacity-40"
    >
      {children}
    </AriaButton>
  );
}

function addressOf(seq: number): string {
  const address = new URL(window.location.href);
  address.search = `?seq=${seq}`;
  return address.href;
}
