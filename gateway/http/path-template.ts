/** Addresses as routes have them: `/v1/runs/{run}/events`. */

/** The names of the parts that vary, in order. */
export function paramNames(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? '');
}

/** The same address in the words of uWebSockets.js. */
export function routerPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
