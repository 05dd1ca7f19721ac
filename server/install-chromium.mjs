// @ts-check
/** Chromium for the tests of the console. Plain JavaScript: runs before the packages are there. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installPackage } from './install-package.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const usualFiles = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

export const whatToInstall =
  'Chromium is needed. Install it, with `apt-get install chromium`, or put it on PATH, or name its program in CHROMIUM.';

/** @returns {string | null} the program */
export function findChromium() {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return (
    [process.env['CHROMIUM'] ?? '', ...onPath, ...usualFiles].find((file) => file !== '' && existsSync(file)) ?? null
  );
}

/** Installs it where it is missing and this may be done. Where it is not or fails, the tests say what is needed. */
export async function installChromium() {
  if (findChromium() === null) await installPackage('chromium', 'Chromium, which tests need');
}
