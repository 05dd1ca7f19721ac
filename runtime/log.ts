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

const redact = {
  paths: [...secretKeys, ...secretKeys.filter((key) => !key.includes('.')).map((key) => `*.${key}`)],
  censor: '[redacted]',
};

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
      redact,
    },
    destination,
  );
}

let written = '';
const fieldsAlone = pino(
  { base: null, timestamp: false, redact },
  {
    write: (line) => {
      written = line;
    },
  },
);
const beforeFields = /^\{"level":30,?/;

/** What a line of the log says of these fields, secrets redacted: the JSON of an object. Throws where they cannot be written. */
export function loggedFields(fields: Record<string, unknown>): string {
  fieldsAlone.info(fields);
  return written.trimEnd().replace(beforeFields, '{');
}
