/** Cuts a page's text into chunks that search and models can take. Pure. */
import { chunkCharacters } from '../../protocol/limits.ts';

/** A cut earlier than this would leave a chunk too small to stand alone. */
const earliestCut = 0.3;

const fenceLine = /^ {0,3}(?:`{3,}|~{3,}).*$/gm;
const sentenceEnd = /[.!?…]["'”’)\]]*(?=\s)|[。！？]/gu;

/**
 * Chunks of at most `limit` UTF-16 code units, none blank, trimmed; together they are the text but for white space.
 * Past 30 % of the limit a chunk is cut, by preference, at the last code fence (before an opening one, after a
 * closing one), else at the last blank line, else after the last sentence, else where it is full.
 */
export function chunkText(text: string, limit = chunkCharacters): string[] {
  const chunks: string[] = [];
  const fences = fencePositions(text);
  let passed = 0;
  for (let start = 0; start < text.length;) {
    while ((fences[passed] ?? Number.POSITIVE_INFINITY) <= start + limit) passed += 1;
    const end =
      text.length - start <= limit ? text.length : cutBefore(text, start, start + limit, fences[passed - 1] ?? 0);
    const chunk = text.slice(start, end).trim();
    if (chunk !== '') chunks.push(chunk);
    start = end;
  }
  return chunks;
}

export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

function cutBefore(text: string, start: number, full: number, lastFence: number): number {
  const earliest = start + Math.ceil((full - start) * earliestCut);
  if (lastFence > earliest) return lastFence;
  const window = text.slice(start, full);
  const blankLine = lastMatchEnd(window, /\n[ \t]*\n/g);
  if (start + blankLine > earliest) return start + blankLine;
  const sentence = lastMatchEnd(window, sentenceEnd);
  if (start + sentence > earliest) return start + sentence;
  return isInsidePair(text, full) ? full - 1 : full;
}

/** Where the text may be parted at a fence, ascending. */
function fencePositions(text: string): number[] {
  const positions: number[] = [];
  let isOpen = false;
  for (const match of text.matchAll(fenceLine)) {
    positions.push(isOpen ? match.index + match[0].length : match.index);
    isOpen = !isOpen;
  }
  return positions;
}

function lastMatchEnd(text: string, pattern: RegExp): number {
  let end = 0;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}

function isInsidePair(text: string, index: number): boolean {
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
