/** Puts the focus on the first of these elements as the page has them, or on what can take it there. */
export function focusFault(root: HTMLElement | null, ids: readonly string[]): void {
  if (root === null) return;
  const places = ids.flatMap((id) => {
    // An entry that has no field of its own belongs to the next one around it.
    for (let at = id; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const element = document.getElementById(at);
      if (element !== null && root.contains(element)) return [element];
    }
    return [];
  });
  const [first = root] = places.toSorted((a, b) =>
    a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
  );
  const control = first.matches('input, select, textarea')
    ? first
    : (first.querySelector<HTMLElement>('input, select, textarea, button') ?? first);
  control.focus();
  control.scrollIntoView({ block: 'nearest' });
}
