import { bundleLineBytes } from '../../protocol/limits.ts';
import { BundleError } from './bundle-error.ts';

const lineFeed = 0x0a;

/** Lines with their line feed, as bytes; a last one without it is given, too. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
      yield Buffer.concat([...pieces, chunk.subarray(from, at + 1)]);
      pieces = [];
      bytes = 0;
      from = at + 1;
    }
    if (from === chunk.length) continue;
    pieces.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > bundleLineBytes) throw new BundleError('this is no bundle: it has a line without an end');
  }
  if (bytes > 0) yield Buffer.concat(pieces);
}
