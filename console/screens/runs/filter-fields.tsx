/** The filter as fields, for those who do not know the keys. */
import { useQuery } from '@tanstack/react-query';
import { client } from '../../app/client.ts';
import { inputLook } from '../../parts/schema-form/input-look.ts';
import { fromLocal, toLocal } from './local-time.ts';
import { filterPart } from './run-search.ts';
import { useFilter } from './use-filter.ts';

const texts = [
  ['owner', 'Owner', ''],
  ['agent', 'Agent that works now', 'as in codesmith'],
  ['code', 'Failed with', 'as in agent_timeout'],
  ['step', 'Failed in step', 'codesmith#2, or codesmith'],
  ['build', 'Failed on build', ''],
  ['from', 'Forks of', 'id of a run'],
] as const;
const moments = [
  ['startedAfter', 'Started after'],
  ['startedBefore', 'Started before'],
  ['endedAfter', 'Ended after'],
  ['endedBefore', 'Ended before'],
] as const;

export function FilterFields() {
  const { search, change } = useFilter();
  const { data: blueprints = [] } = useQuery({
    queryKey: ['blueprints'],
    queryFn: ({ signal }) => client.blueprints({ signal }),
  });
  const { blueprint = '', waiting = '' } = search;
  const names = [...new Set([...blueprints.map(({ name }) => name), ...(blueprint === '' ? [] : [blueprint])])];
  const given = Object.keys(filterPart(search)).filter((key) => key !== 'status').length;
  return (
    <details className="rounded border border-line bg-surface">
      <summary className="cursor-pointer px-3 py-1.5">
        Filters {given > 0 && <span className="text-sm text-muted">({given})</span>}
      </summary>
      <div className="grid gap-3 p-3 pt-1 sm:grid-cols-2 lg:grid-cols-4">
        <Field name="Blueprint">
          <select
            className={inputLook}
            value={blueprint}
            onChange={({ target }) => change({ blueprint: target.value || null })}
          >
            <option value="">Any</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </Field>
        <Field name="Waits for a person">
          <select
            className={inputLook}
            value={waiting}
            onChange={({ target }) => change({ waiting: target.value || null })}
          >
            <option value="">Either</option>
            <option value="true">Yes</option>
            <option value="false">No</option>
          </select>
        </Field>
        {texts.map(([key, name, hint]) => (
          <Field key={key} name={name}>
            <LeftInput
              value={search[key] ?? ''}
              placeholder={hint}
              onLeft={(value) => change({ [key]: value.trim() || null })}
            />
          </Field>
        ))}
        {moments.map(([key, name]) => (
          <Field key={key} name={name}>
            <LeftInput
              type="datetime-local"
              value={toLocal(search[key])}
              onLeft={(value) => change({ [key]: fromLocal(value) })}
            />
          </Field>
        ))}
      </div>
    </details>
  );
}

function Field({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <label className="block text-sm">
      <span className="mb-0.5 block text-muted">{name}</span>
      {children}
    </label>
  );
}

/** What is in it counts when it is left, or at Enter. */
function LeftInput(props: { value: string; type?: string; placeholder?: string; onLeft: (value: string) => void }) {
  const { value, onLeft, ...rest } = props;
  return (
    <input
      {...rest}
      key={value}
      className={`${inputLook} placeholder:text-muted`}
      defaultValue={value}
      spellCheck={false}
      onBlur={({ target }) => target.value !== value && onLeft(target.value)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter' && currentTarget.value !== value) onLeft(currentTarget.value);
      }}
    />
  );
}
