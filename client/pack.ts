/** `npm run pack:client`: dist/baton-client-<version>.tgz, which npm installs anywhere, and dist/client.js for browsers. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildBrowserClient, buildPackage, run } from './build.ts';

/** Returns the path of the tarball. */
export async function packClient(destination: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-client-'));
  try {
    await buildPackage(folder);
    await mkdir(destination, { recursive: true });
    const args = ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', destination];
    const npm = process.env['npm_execpath'];
    const output =
      npm === undefined
        ? await run('npm', args, { cwd: folder })
        : await run(process.execPath, [npm, ...args], { cwd: folder });
    const filename = /"filename":\s*"([^"]+)"/.exec(output)?.[1];
    if (filename === undefined) throw new Error(`npm pack did not say what it made:\n${output}`);
    return join(destination, filename);
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const dist = join(dirname(import.meta.dirname), 'dist');
  process.stdout.write(`${await packClient(dist)}\n${await buildBrowserClient()}\n`);
}
