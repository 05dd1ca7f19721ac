/** Filters under a name, kept by this browser. The text of what is kept is JSON; anything else is none. Pure. */
import { filterPart, type RunSearch } from './run-search.ts';

export interface SavedView {
  name: string;
  search: Record<string, string>;
}

const nameCharacters = 60;

export function readViews(kept: string | null): SavedView[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(kept ?? '[]');
  } catch {
    // Not of our making.
    return [];
  }
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((view: unknown) => {
    if (typeof view !== 'object' || view === null || !('name' in view) || !('search' in view)) return [];
    const { name, search } = view;
    if (typeof name !== 'string' || typeof search !== 'object' || search === null) return [];
    const texts = Object.entries(search).filter(([, value]) => typeof value === 'string');
    return [{ name, search: filterPart(Object.fromEntries(texts)) }];
  });
}

/** One of the same name is replaced. Without a name nothing is. */
export function withView(views: readonly SavedView[], name: string, search: RunSearch): SavedView[] {
  const called = name.trim().slice(0, nameCharacters);
  if (called === '') return [...views];
  return [...withoutView(views, called), { name: called, search: filterPart(search) }].toSorted((a, b) =>
    a.name.localeCompare(b.name),
  );
}

export function withoutView(views: readonly SavedView[], name: string): SavedView[] {
  return views.filter((view) => view.name !== name);
}

/** The view that is on the screen; null where none is. */
export function viewOf(views: readonly SavedView[], search: RunSearch): SavedView | null {
  const here = JSON.stringify(filterPart(search));
  return views.find((view) => JSON.stringify(view.search) === here) ?? null;
}
