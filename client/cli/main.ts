/** The `baton` command: the process around the command line. */
import { runCli } from './run-cli.ts';

// A reader that has seen enough (`baton logs … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  onInterrupt(listener) {
    process.on('SIGINT', listener);
    return () => void process.off('SIGINT', listener);
  },
});
// A pipe may still hold output; a socket whose other side is dead must not hold the process.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
