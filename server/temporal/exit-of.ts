import type { ChildProcess } from 'node:child_process';

const outputCharacters = 2_000;

/**
 * How a program ended and the end of what it said on standard error. Never rejects: not to start is an end, too.
 * The program does not outlive this process.
 */
export async function exitOf(child: ChildProcess): Promise<{ ok: boolean; output: string }> {
  let output = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    output = (output + text).slice(-outputCharacters);
  });
  const kill = (): void => void child.kill();
  process.once('exit', kill);
  const { promise, resolve } = Promise.withResolvers<{ ok: boolean; output: string }>();
  child.once('error', (error) => resolve({ ok: false, output: error.message }));
  child.once('close', (code, signal) => {
    resolve({ ok: code === 0, output: output.trim() || (signal ?? `exit code ${code}`) });
  });
  return promise.finally(() => process.off('exit', kill));
}
