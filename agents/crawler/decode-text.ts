/** Bytes of a page to text, by what the server said, what the bytes say, and what browsers assume. Pure. */

/** A label that TextDecoder knows, or undefined. */
export function knownCharset(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label.trim()).encoding;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What to assume where nothing is declared: UTF-8 if the bytes are that, else what browsers assume. */
export function assumedCharset(bytes: Uint8Array): 'utf-8' | 'windows-1252' {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252';
    throw error;
  }
}

/** A byte order mark wins, then the server's word, then the assumption. Never throws: bad bytes become U+FFFD. */
export function decodeText(bytes: Uint8Array, declared?: string): string {
  const label = markedCharset(bytes) ?? knownCharset(declared) ?? assumedCharset(bytes);
  return new TextDecoder(label).decode(bytes);
}

function markedCharset(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}
