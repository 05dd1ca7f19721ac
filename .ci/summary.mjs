// @ts-check
/**
 * What failed in a CI run, by name, and its closing line, from vitest's own results; and its exit code. Arguments: the exit
 * code of the gates, and for each suite its command, its exit code and the file of its results.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [gates = '1', ...told] = process.argv.slice(2);

/** A log is cut in its middle, never at its end: there stands what failed, with the beginning of its message. */
const MESSAGE_CHARS = 600;

/** @param {string} name @param {string | undefined} message */
function tell(name, message) {
  console.log(`failed: ${name}\n    ${(message ?? '').slice(0, MESSAGE_CHARS).replaceAll('\n', '\n    ')}`);
}

/** @param {string} command @param {string} file */
function counts(command, file) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    for (const tried of results.testResults) {
      const path = relative(process.cwd(), tried.name);
      for (const test of tried.assertionResults) {
        if (test.status === 'failed') tell(`${path} > ${test.fullName}`, test.failureMessages[0]);
      }
      if (tried.status === 'failed' && tried.message) tell(path, tried.message);
    }
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
