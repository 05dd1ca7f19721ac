/** Which events are shown: in the address, so that it can be shared. */
import { memo, useState } from 'react';
import type { RunStore } from '../../../live/run-store.ts';
import { TypedFilter } from '../../../parts/typed-filter.tsx';
import { useAddressSearch } from '../../../parts/use-address-search.ts';
import { eventTypeGroups } from './event-types.ts';

const field = 'h-8 min-w-0 rounded border border-line bg-surface px-2 text-sm text-text';

/** `agents`: their names, one a line. */
export const EventFilters = memo(function EventFilters(props: { store: RunStore; agents: string }) {
  const [search, change] = useAddressSearch();
  const agents = props.agents.split('\n').filter((agent) => agent !== '');
  const { type = '', agent = '', step = '' } = search;
  return (
    <form
      role="search"
      aria-label="Events"
      className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:items-center"
      onSubmit={(event) => event.preventDefault()}
    >
      <TextSearch />
      <select
        aria-label="Type"
        className={field}
        value={type}
        onChange={({ target }) => change({ type: target.value, seq: null })}
      >
        <option value="">Every type</option>
        <option value="failures">What failed</option>
        {eventTypeGroups.map(({ label, types }) => (
          <optgroup key={label} label={label}>
            <option value={`${(types[0] ?? '').split('.')[0]}.`}>{label}: all</option>
            {types.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </optgroup>
        ))}
      </select>
      <select
        aria-label="Agent"
        className={field}
        value={agent}
        onChange={({ target }) => change({ agent: target.value, step: null, seq: null })}
      >
        <option value="">Every agent</option>
        {agents.map((each) => (
          <option key={each}>{each}</option>
        ))}
        {agent !== '' && !agents.includes(agent) && <option>{agent}</option>}
      </select>
      <TypedFilter
        label="Step"
        placeholder="Step, as in codesmith#2"
        value={step}
        onCome={(text) => change({ step: text, seq: null })}
      />
      <JumpTo store={props.store} />
    </form>
  );
});

function TextSearch() {
  const [{ q = '' }, change] = useAddressSearch();
  return (
    <TypedFilter
      label="Search the events"
      placeholder="Search"
      value={q}
      onCome={(text) => change({ q: text, seq: null })}
    />
  );
}

function JumpTo({ store }: { store: RunStore }) {
  const [, change] = useAddressSearch();
  const [typed, setTyped] = useState('');
  return (
    <input
      inputMode="numeric"
      aria-label="Go to event number"
      placeholder="Go to number"
      className={`${field} tabular-nums placeholder:text-muted sm:w-32`}
      value={typed}
      onChange={({ target }) => setTyped(target.value.replaceAll(/\D/g, ''))}
      onKeyDown={({ key }) => {
        if (key !== 'Enter' || typed === '') return;
        change({ seq: String(Math.min(Math.max(1, Number(typed)), store.lastSeq)) }, 'push');
        setTyped('');
      }}
    />
  );
}
