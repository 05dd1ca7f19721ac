// @ts-check
/**
 * Imports each module named on standard input (one path a line) with Node alone, and prints those that fail, one JSON
 * object a line. Tests run through a bundler that forgives what Node does not: newer syntax, names of CommonJS modules.
 */
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const files = (await text(process.stdin)).split('\n').filter((line) => line !== '');
let loaded = 0;
for (const file of files) {
  try {
    await import(pathToFileURL(file).href);
    loaded++;
  } catch (error) {
    console.log(JSON.stringify({ file, reason: error instanceof Error ? error.message : String(error) }));
  }
}
console.log(JSON.stringify({ loaded }));
process.exit(0);
