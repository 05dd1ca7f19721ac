/** Looking for words in a JSON value. Pure. */

/** So many values are looked at: a larger one is downloaded. */
const mostNodes = 200_000;
const mostHits = 1_000;

export interface TreeHits {
  /** The path of each place that has the words in its name or its value, as `pathKey` has it. */
  hits: ReadonlySet<string>;
  /** What must be open for them to be seen. */
  opened: ReadonlySet<string>;
  isCut: boolean;
}

export function pathKey(path: readonly (string | number)[]): string {
  return JSON.stringify(path);
}

/** Letters of either case; nothing is found by nothing. */
export function searchTree(value: unknown, words: string): TreeHits {
  const hits = new Set<string>();
  const opened = new Set<string>();
  const sought = words.toLowerCase();
  let nodes = 0;
  const look = (at: unknown, path: (string | number)[]): void => {
    if (++nodes > mostNodes || hits.size >= mostHits) return;
    const name = typeof path.at(-1) === 'string' ? String(path.at(-1)) : '';
    const text = typeof at === 'object' && at !== null ? '' : String(at);
    if (name.toLowerCase().includes(sought) || text.toLowerCase().includes(sought)) {
      hits.add(pathKey(path));
      for (let length = 0; length < path.length; length++) opened.add(pathKey(path.slice(0, length)));
    }
    if (typeof at === 'object' && at !== null) for (const [key, child] of entriesOf(at)) look(child, [...path, key]);
  };
  if (sought !== '') look(value, []);
  return { hits, opened, isCut: nodes > mostNodes || hits.size >= mostHits };
}

export function entriesOf(value: object): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((child: unknown, index): [number, unknown] => [index, child]);
  return Object.entries(value);
}
