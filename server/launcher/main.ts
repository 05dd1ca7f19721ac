/** `npm start`. */
import { requireAuthentication } from '../../gateway/auth/require-authentication.ts';
import { ConfigError, readConfig } from '../../runtime/config.ts';
import { readFlags, usage } from './flags.ts';
import { launch } from './launch.ts';
import { screen } from './screen.ts';

/** A Ctrl-C reaches this process from the terminal and once more from npm; a person's second one comes later. */
const sameSignalMs = 500;

const exitCodes = { failed: 1, misused: 2, forced: 130 } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2), process.env);
  if (flags.help) {
    say(usage());
    return;
  }
  const config = readConfig(flags.environment);
  // The gateway refuses as well; here nothing has been started yet.
  requireAuthentication(config);
  const stopped = stopRequested();
  const launching = launch({ config, environment: flags.environment, split: flags.split, say });
  const early = await Promise.race([launching.then(() => null), stopped.first]);
  // While the parts are still coming up there is nothing to drain; the guard ends them.
  if (early !== null) process.exit(exitCodes.forced);

  const launched = await launching;
  say(screen(launched.up));
  await stopped.first;
  say('Stopping: the worker lets go of its runs, sockets are closed, Temporal stops last. Once more stops at once.');
  const forced = stopped.second.then(async () => {
    await launched.kill();
    process.exit(exitCodes.forced);
  });
  await Promise.race([launched.stop(), forced]);
  say('Stopped.');
}

/** Ctrl-C, SIGTERM, or the end of the process that started this one. */
function stopRequested(): { first: Promise<string>; second: Promise<string> } {
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  let firstAt: number | null = null;
  const request = (why: string): void => {
    const now = performance.now();
    if (firstAt === null) {
      firstAt = now;
      first.resolve(why);
    } else if (now - firstAt > sameSignalMs) {
      second.resolve(why);
    }
  };
  process.on('SIGINT', request);
  process.on('SIGTERM', request);
  process.on('disconnect', () => request('disconnect'));
  return { first: first.promise, second: second.promise };
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? exitCodes.misused : exitCodes.failed);
}
