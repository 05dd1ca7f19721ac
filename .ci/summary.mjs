// @ts-check
/** The closing line of a CI run, from vitest's own results, and its exit code. */
import { readFileSync } from 'node:fs';

const [file = '', tests = '1', gates = '1'] = process.argv.slice(2);

/** @returns {{ passed: number, failed: number, skipped: number }} */
function counts() {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    const skipped = results.numPendingTests + (results.numTodoTests ?? 0);
    return { passed: results.numPassedTests, failed: results.numFailedTests, skipped };
  } catch (error) {
    console.log(`The tests left no results: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const { passed, failed, skipped } = counts();
if (tests !== '0') console.log(`npm test ended with exit code ${tests}.`);
if (gates !== '0') console.log(`npm run check (types, lint, format, unused code) ended with exit code ${gates}.`);
if (passed === 0) console.log('No test was run.');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(tests === '0' && gates === '0' && passed > 0 && failed === 0 ? 0 : 1);
