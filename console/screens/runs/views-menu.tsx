/** Filters under a name: each is a link, so that it can be opened elsewhere, sent, and deleted. */
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { Dialog, Popover } from 'react-aria-components';
import { Button } from '../../parts/button.tsx';
import { inputLook } from '../../parts/schema-form/input-look.ts';
import { lineOf } from './run-search.ts';
import { readViews, viewOf, withoutView, withView, type SavedView } from './saved-views.ts';
import { useFilter } from './use-filter.ts';

const key = 'baton.views';

export function ViewsMenu() {
  const { search } = useFilter();
  const [views, setViews] = useState(() => readViews(localStorage.getItem(key)));
  const [fault, setFault] = useState<string | null>(null);
  const keep = (next: SavedView[]) => {
    setViews(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
      setFault(null);
    } catch {
      setFault('This browser keeps nothing: the view is gone when the page is left.');
    }
  };
  const current = viewOf(views, search);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button ref={button} aria-haspopup="dialog" aria-expanded={isOpen} onPress={() => setOpen(true)}>
        View:{' '}
        <span className="max-w-40 truncate">{current?.name ?? (lineOf(search) === '' ? 'all' : 'not saved')}</span>
      </Button>
      {/* Not by a DialogTrigger: that gives a name to what stands around the dialog, too, which is nothing by itself. */}
      <Popover
        triggerRef={button}
        isOpen={isOpen}
        onOpenChange={setOpen}
        className="w-80 max-w-[95vw] rounded border border-line bg-surface p-3 shadow-lg"
      >
        <Dialog aria-label="Saved views" className="grid gap-3 outline-none">
          {views.length === 0 && <p className="text-sm text-muted">Nothing is saved yet.</p>}
          <ul className="grid gap-1">
            {views.map((view) => (
              <li key={view.name} className="flex items-center gap-2">
                <Link
                  to="/runs"
                  search={view.search}
                  onClick={close}
                  title={lineOf(view.search) || 'all runs'}
                  className="min-w-0 flex-1 truncate text-accent underline"
                >
                  {view.name}
                </Link>
                <Button
                  className="px-2 py-0.5 text-sm"
                  aria-label={`Delete the view ${view.name}`}
                  onPress={() => keep(withoutView(views, view.name))}
                >
                  Delete
                </Button>
              </li>
            ))}
          </ul>
          <SaveForm
            onSave={(name) => {
              keep(withView(views, name, search));
              close();
            }}
          />
          {fault !== null && (
            <p role="alert" className="text-sm text-bad">
              {fault}
            </p>
          )}
        </Dialog>
      </Popover>
    </>
  );
}

function SaveForm({ onSave }: { onSave: (name: string) => void }) {
  const [name, setName] = useState('');
  return (
    <form
      className="grid gap-1 border-t border-line pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') onSave(name);
      }}
    >
      <label className="text-sm">
        <span className="block">Save this filter as</span>
        <input className={inputLook} value={name} maxLength={60} onChange={({ target }) => setName(target.value)} />
      </label>
      <Button type="submit" isDisabled={name.trim() === ''} className="justify-self-start">
        {name.trim() === '' ? 'Give it a name to save it' : 'Save'}
      </Button>
    </form>
  );
}
