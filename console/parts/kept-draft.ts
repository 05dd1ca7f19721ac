/** What somebody has typed and not yet sent: kept in this tab, by what it belongs to, over reloads and lost connections. */
const prefix = 'baton.draft.';

export function keptDraft(key: string): unknown {
  const kept = sessionStorage.getItem(prefix + key);
  if (kept === null) return null;
  try {
    return JSON.parse(kept) as unknown;
  } catch {
    // Not of our making.
    return null;
  }
}

export function keepDraft(key: string, draft: unknown): void {
  try {
    sessionStorage.setItem(prefix + key, JSON.stringify(draft));
  } catch {
    // Larger than the tab may keep: it is on the screen still.
    forgetDraft(key);
  }
}

export function forgetDraft(key: string): void {
  sessionStorage.removeItem(prefix + key);
}
