/** Something found in a text, and the text with what was found blanked out, so that nothing is found twice. */
export interface Found {
  /** Place in the text. */
  at: number;
  text: string;
}

/** Same length, so that places stay. */
export function blankOut(text: string, spans: readonly Found[]): string {
  let rest = '';
  let end = 0;
  for (const { at, text: found } of spans.toSorted((a, b) => a.at - b.at)) {
    if (at < end) continue;
    rest += text.slice(end, at) + '\n'.repeat(found.length);
    end = at + found.length;
  }
  return rest + text.slice(end);
}

export function matches(text: string, pattern: RegExp): Found[] {
  return Array.from(text.matchAll(pattern), (match) => ({ at: match.index, text: match[0] }));
}
