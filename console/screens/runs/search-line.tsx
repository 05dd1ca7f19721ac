/** The whole filter as one line, as the command line takes it. */
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { inputLook } from '../../parts/schema-form/input-look.ts';
import { lineOf, readLine, readSearch } from './run-search.ts';
import { useFilter } from './use-filter.ts';

export function SearchLine() {
  const { search, replace } = useFilter();
  const line = lineOf(search);
  const [typed, setTyped] = useState<string | null>(null);
  const [faults, setFaults] = useState<readonly string[]>([]);
  const go = (text: string) => {
    const read = readLine(text);
    setFaults(read.faults);
    if (read.faults.length > 0) return;
    setTyped(null);
    if (lineOf(read.search) !== line) replace(read.search);
  };
  const shown = faults.length > 0 ? faults : readSearch(search).faults;
  return (
    <form
      role="search"
      aria-label="Runs"
      className="min-w-0 flex-1 basis-72"
      onSubmit={(event) => {
        event.preventDefault();
        go(typed ?? line);
      }}
    >
      <div className="flex gap-2">
        <input
          type="search"
          aria-label="Search runs"
          aria-describedby="runs-search-faults"
          aria-invalid={shown.length > 0 || undefined}
          placeholder="Id, or key=value: status=failed code=agent_timeout attr.host=example.com"
          className={`${inputLook} font-mono text-sm placeholder:font-sans placeholder:text-muted`}
          spellCheck={false}
          autoComplete="off"
          value={typed ?? line}
          onChange={({ target }) => {
            setTyped(target.value);
            setFaults([]);
            // The cross of the field takes all away at once.
            if (target.value === '') go('');
          }}
          onBlur={() => typed !== null && go(typed)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            // Else the browser empties the field, which would take the filter away.
            event.preventDefault();
            setTyped(null);
            setFaults([]);
            event.currentTarget.blur();
          }}
        />
        <Button type="submit">Search</Button>
      </div>
      <p id="runs-search-faults" role="status" className="text-sm text-bad empty:hidden">
        {shown.join('; ')}
      </p>
    </form>
  );
}
