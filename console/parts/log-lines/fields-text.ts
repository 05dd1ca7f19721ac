/** As in `url=http://a.example/ status=500`; what is no word is JSON. Pure. */
export function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${isWord(value) ? value : JSON.stringify(value)}`)
    .join(' ');
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s"={}]+$/.test(value);
}
