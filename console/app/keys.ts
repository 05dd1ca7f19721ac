/** Keys that work on every screen. A screen has its own beside them; all stand in the help sheet. */
import { useEffect } from 'react';

/** Whether somebody types: then keys are letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** How long the second key of two may take, in milliseconds. */
const secondKeyMs = 1_200;

/**
 * `bindings`: `?`, or two keys one after the other, as in `g r`. Nothing happens while somebody types, in a dialog, or
 * with a modifier.
 */
export function useKeys(bindings: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    let first: { key: string; atMs: number } | null = null;
    const onKey = (event: KeyboardEvent) => {
      const isOurs = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
      if (!isOurs || event.defaultPrevented || document.querySelector('[role="dialog"]') !== null) return;
      const both = first !== null && event.timeStamp - first.atMs < secondKeyMs ? `${first.key} ${event.key}` : null;
      const bound = (both === null ? undefined : bindings[both]) ?? bindings[event.key];
      first = { key: event.key, atMs: event.timeStamp };
      if (bound === undefined) return;
      event.preventDefault();
      first = null;
      bound();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [bindings]);
}
