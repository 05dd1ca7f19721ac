/** What is done to each run, with its options, and how fast. */
import { actionNames, actions, type Option } from './actions.ts';
import { EditsField, TextField } from './option-fields.tsx';
import { perSecondDefault, type ReadBulk } from './bulk-request.ts';
import { useJobSearch } from './use-job-search.ts';

interface ActionFieldsProps {
  search: Readonly<Record<string, string>>;
  read: ReadBulk;
  editsText: string;
  onEditsText: (text: string) => void;
}

export function ActionFields({ search, read: { action, faults }, editsText, onEditsText }: ActionFieldsProps) {
  const [, change] = useJobSearch();
  const takes = (option: Option) => action !== null && actions[action].takes.includes(option);
  const box = (key: string, words: string) => (
    <label className="inline-flex min-h-6 items-center gap-2">
      <input
        type="checkbox"
        className="size-4"
        checked={search[key] === '1'}
        onChange={({ target }) => change({ [key]: target.checked ? '1' : null })}
      />
      {words}
    </label>
  );
  const text = (key: string, name: string, hint: string, fault?: string) => (
    <TextField
      name={name}
      hint={hint}
      fault={fault}
      value={search[key] ?? ''}
      onChange={(value) => change({ [key]: value })}
    />
  );
  return (
    <section aria-labelledby="what-is-done" className="grid gap-3 rounded border border-line bg-surface p-4">
      <h2 id="what-is-done" className="font-semibold">
        What is done to each
      </h2>
      <div role="radiogroup" aria-labelledby="what-is-done" className="flex flex-wrap gap-x-4 gap-y-1">
        {actionNames.map((name) => (
          <label key={name} className="inline-flex min-h-6 cursor-pointer items-center gap-1.5">
            <input
              type="radio"
              name="do"
              className="size-4"
              checked={name === action}
              onChange={() => change({ do: name })}
            />
            {name === 'retry-step' ? 'Retry the step' : actions[name].label}
          </label>
        ))}
      </div>
      <p className="min-h-6 text-muted">{action === null ? faults.do : actions[action].does}</p>
      <div className="grid gap-3 sm:grid-cols-2">
        {takes('step') &&
          text(
            'do.step',
            action === 'reset' ? 'Before which step' : 'Step',
            action === 'reset' ? 'as in codesmith#2' : 'as in codesmith#2; may be left out',
            faults['do.step'],
          )}
        {takes('reason') && text('do.reason', 'Reason', 'stands in the log of each run')}
        {text(
          'do.perSecond',
          'Runs a second',
          `from 0.1 to 100; ${perSecondDefault} otherwise`,
          faults['do.perSecond'],
        )}
      </div>
      {takes('now') && box('do.now', 'Now: do not wait for agents to clean up')}
      {takes('force') && box('do.force', 'Also where the code of the workers does not fit the run')}
      {takes('terminate') && box('do.terminate', 'Also what has not ended: it is terminated first')}
      {takes('edits') && <EditsField text={editsText} fault={faults.edits} onText={onEditsText} />}
    </section>
  );
}
