// @ts-check
/**
 * The closing line of a CI run, from vitest's own results, and its exit code. Arguments: the exit code of the gates, and for
 * each suite its command, its exit code and the file of its results.
 */
import { readFileSync } from 'node:fs';

const [gates = '1', ...told] = process.argv.slice(2);

/** @param {string} command @param {string} file */
function counts(command, file) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    const skipped = results.numPendingTests + (results.numTodoTests ?? 0);
    return { passed: results.numPassedTests, failed: results.numFailedTests, skipped };
  } catch (error) {
    console.log(`${command} left no results: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const sum = { passed: 0, failed: 0, skipped: 0 };
let isWell = gates === '0';
for (let at = 0; at < told.length; at += 3) {
  const [command = '', code = '1', file = ''] = told.slice(at, at + 3);
  const { passed, failed, skipped } = counts(command, file);
  if (code !== '0') console.log(`${command} ended with exit code ${code}.`);
  if (passed === 0) console.log(`${command} passed no test.`);
  isWell &&= code === '0' && passed > 0 && failed === 0;
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped += skipped;
}
if (gates !== '0') console.log(`npm run check (types, lint, format, unused code) ended with exit code ${gates}.`);
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exit(isWell && told.length > 0 ? 0 : 1);
