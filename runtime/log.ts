/** Structured logs on standard error, one JSON object a line. Secrets never get there. */
import pino from 'pino';

export type Log = pino.Logger;

/** Keys whose values are replaced wherever they appear in a logged object, one level deep and below `headers`. */
const secretKeys = [
  'token',
  'authorization',
  'password',
  'secret',
  'apiKey',
  'cookie',
  'headers.authorization',
  'headers.cookie',
];

export function createLog(
  role: string,
  level: string,
  destination: pino.DestinationStream = pino.destination({ dest: 2, sync: false }),
): Log {
  return pino(
    {
      level,
      base: { role, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [...secretKeys, ...secretKeys.filter((key) => !key.includes('.')).map((key) => `*.${key}`)],
        censor: '[redacted]',
      },
    },
    destination,
  );
}
