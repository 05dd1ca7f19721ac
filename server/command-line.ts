/** What the commands of this folder share, each of which is a process of its own: arguments, settings, lines, its end. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ConfigError, readConfig, type Config } from '../runtime/config.ts';

/** `failed`: it could not do it, or what it looked at is not well; `misused`: it was called wrongly. */
export const exitCodes = { failed: 1, misused: 2 } as const;

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Throws a `ConfigError` with the usage for an option that there is not. */
export function parseOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
  usage: string,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new ConfigError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, { cause: error });
  }
}

/** The environment's settings, with `--data-dir` over them. */
export function configFor(dataDir: string | null | undefined): Config {
  return readConfig({ ...process.env, ...(typeof dataDir === 'string' ? { BATON_DATA_DIR: dataDir } : {}) });
}

/** Runs the command to its end: an error goes to stderr, with its stack where it is none of those `expected`. */
export async function runCommand(
  main: (args: readonly string[]) => Promise<void>,
  expected: readonly (new (...args: never[]) => Error)[] = [],
): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${saidOf(error, [ConfigError, ...expected])}\n`);
    process.exitCode = error instanceof ConfigError ? exitCodes.misused : exitCodes.failed;
  }
}

function saidOf(error: unknown, expected: readonly (new (...args: never[]) => Error)[]): string {
  if (!(error instanceof Error)) return String(error);
  return expected.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message);
}
