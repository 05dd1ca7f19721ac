/** Keys that work on every screen. A screen has its own beside them; all stand in the help sheet. */
import { useLayoutEffect, useRef } from 'react';

/** Whether somebody types: then keys are letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** How long the second key of two may take, in milliseconds. */
const secondKeyMs = 1_200;

/** `?`, or two keys one after the other, as in `g r` → what is done. */
export type Bindings = Readonly<Record<string, () => void>>;

/** Two keys go before one, whoever has them; else what came last goes first. `both`: with the key before it. */
export function boundTo(
  sets: readonly Bindings[],
  { key, both }: { key: string; both: string | null },
): (() => void) | undefined {
  const ofLast = (wanted: string) => sets.findLast((bindings) => Object.hasOwn(bindings, wanted))?.[wanted];
  return (both === null ? undefined : ofLast(both)) ?? ofLast(key);
}

/** Of all that is on the page, in the order in which it came. */
const current = new Set<{ readonly current: Bindings }>();
let first: { key: string; atMs: number } | null = null;

function onKey(event: KeyboardEvent): void {
  const isOurs = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
  if (!isOurs || event.defaultPrevented || document.querySelector('[role="dialog"]') !== null) return;
  const { key, timeStamp } = event;
  const both = first !== null && timeStamp - first.atMs < secondKeyMs ? `${first.key} ${key}` : null;
  const bound = boundTo(
    [...current].map((each) => each.current),
    { key, both },
  );
  first = bound === undefined ? { key, atMs: timeStamp } : null;
  if (bound === undefined) return;
  event.preventDefault();
  bound();
}

/** Nothing happens while somebody types, in a dialog, or with a modifier. */
export function useKeys(bindings: Bindings): void {
  const latest = useRef(bindings);
  useLayoutEffect(() => {
    latest.current = bindings;
  }, [bindings]);
  // Before the first paint: what is to be seen can be used.
  useLayoutEffect(() => {
    if (current.size === 0) document.addEventListener('keydown', onKey);
    current.add(latest);
    return () => {
      current.delete(latest);
      if (current.size === 0) document.removeEventListener('keydown', onKey);
    };
  }, []);
}
