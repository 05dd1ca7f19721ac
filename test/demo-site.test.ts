import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSite } from './fixtures/site.ts';

test('the sample site says in one sentence that its port is taken, and how to choose another', async () => {
  const site = await startSite();
  try {
    const { port } = new URL(site.url);
    const program = join(import.meta.dirname, 'fixtures', 'serve-site.ts');
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, '--port', port]);
    const code = new Promise((resolve) => child.once('close', resolve));
    expect(await text(child.stderr)).toBe(
      `Port ${port} is in use: choose another with npm run demo:site -- --port 8100.\n`,
    );
    expect(await code).toBe(1);
  } finally {
    await site.stop();
  }
});
