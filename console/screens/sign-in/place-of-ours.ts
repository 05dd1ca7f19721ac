/** Where to go on: only to places of the console's own, whatever an address says. Pure. */
export function placeOfOurs(back: string | undefined): string {
  if (back === undefined || !/^\/(?![/\\])/.test(back)) return '/';
  return back.startsWith('/sign') ? '/' : back;
}
