import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { byteSize, plain } from '../render/text.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

interface ExportFlags {
  output?: string;
  raw?: true;
}

export function addExport(program: Command, session: Session): void {
  program
    .command('export')
    .summary('write a run into a file that another machine can open')
    .description('Write a run into a file, without its secrets: `baton open FILE` shows it on any machine.')
    .argument('<run>')
    .option('-o, --output <file>', 'default: the id and .baton; - is standard output')
    .option('--raw', 'with its secrets (role ops)')
    .action(async (run: string, { output, raw }: ExportFlags) => {
      const bytes = await session.client.export(run, { raw: raw === true });
      if (output === '-') {
        for await (const chunk of bytes) session.around.stdout.write(chunk);
        return;
      }
      const file = output ?? `${run.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.baton`;
      const { size, sha256 } = await writeFile(bytes, file);
      session.print(`${plain(file)}  ${byteSize(size)}  sha256 ${sha256}`);
    });
}

/** The file is there whole, or not at all. */
async function writeFile(bytes: ReadableStream<Uint8Array>, file: string): Promise<{ size: number; sha256: string }> {
  const part = `${file}.part`;
  const hash = createHash('sha256');
  let size = 0;
  const out = await open(part, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${plain(file)} cannot be written: ${plain(error.message)}`);
  });
  try {
    try {
      for await (const chunk of bytes) {
        hash.update(chunk);
        size += chunk.length;
        await out.writeFile(chunk);
      }
    } finally {
      await out.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return { size, sha256: hash.digest('hex') };
}
