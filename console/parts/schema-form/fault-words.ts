/** What the validator says of one keyword, in words for people. Pure. */
import type { OutputUnit } from '@cfworker/json-schema';

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'yes or no',
  array: 'a list',
  object: 'an object',
  null: 'empty',
};

const formatWords: Readonly<Record<string, string>> = {
  uri: 'a whole address, as in https://example.com/',
  url: 'a whole address, as in https://example.com/',
  email: 'a mail address',
  'date-time': 'a time with its zone, as in 2026-01-31T12:00:00Z',
  date: 'a date, as in 2026-01-31',
  time: 'a time of day with its zone, as in 12:00:00Z',
  uuid: 'a UUID',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  hostname: 'the name of a host',
};

export function faultWords({ keyword, error }: Pick<OutputUnit, 'keyword' | 'error'>): string {
  const [first = '', second = ''] = error.match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi) ?? [];
  switch (keyword) {
    case 'type':
      return `must be ${expected(error)}`;
    case 'required':
      return 'is needed';
    case 'minLength':
      return first === '0' ? 'must not be empty' : `needs at least ${second} characters, it has ${first}`;
    case 'maxLength':
      return `may have at most ${second} characters, it has ${first}`;
    case 'minimum':
      return `must be at least ${second}`;
    case 'maximum':
      return `must be at most ${second}`;
    case 'exclusiveMinimum':
      return `must be more than ${second}`;
    case 'exclusiveMaximum':
      return `must be less than ${second}`;
    case 'multipleOf':
      return `must be a multiple of ${second}`;
    case 'minItems':
      return `needs at least ${second} entries, it has ${first}`;
    case 'maxItems':
      return `may have at most ${second} entries, it has ${first}`;
    case 'uniqueItems':
      return 'has the same entry twice';
    case 'enum':
      return `must be one of ${valuesIn(error).join(', ')}`;
    case 'const':
      return `must be ${valuesIn(error).join(', ')}`;
    case 'format': {
      const format = /"([^"]*)"/.exec(error)?.[1] ?? '';
      return `must be ${formatWords[format] ?? `of the format ${format}`}`;
    }
    case 'pattern':
      return 'does not have the form that is asked for';
    case 'false':
      return 'is not known here';
    case 'anyOf':
    case 'oneOf':
      return 'is none of what is possible here';
    default:
      return error;
  }
}

function expected(error: string): string {
  const types = /Expected "(.*)"/.exec(error)?.[1]?.split('", "') ?? [];
  return types.map((type) => typeWords[type] ?? type).join(' or ');
}

/** The JSON that the error ends with: the constant, or the list of what is possible. */
function valuesIn(error: string): string[] {
  const json = /match (?:any of )?(.*)\.$/s.exec(error)?.[1] ?? '""';
  const value: unknown = JSON.parse(json);
  return (Array.isArray(value) ? value : [value]).map((each) =>
    typeof each === 'string' ? each : JSON.stringify(each),
  );
}
