/**
 * Now, or once the pointer that is down has come up: what is shown because a field was left must not move the button that
 * it was left for from under the pointer.
 */
export function afterPointer(act: () => void): void {
  if (document.querySelector(':active') === null) {
    act();
    return;
  }
  // The click itself comes after it.
  const later = () => setTimeout(act, 0);
  const isHeard = new AbortController();
  for (const event of ['pointerup', 'pointercancel'] as const) {
    window.addEventListener(event, () => (isHeard.abort(), later()), { signal: isHeard.signal });
  }
}
