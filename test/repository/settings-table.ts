/** The table of settings as the docs have it, made from the one module that reads them. */
import { settings } from '../../runtime/config.ts';

export function settingsTable(): string {
  const rows = Object.entries(settings).map(([name, schema]) => {
    const parsed = schema.safeParse(undefined);
    const standard =
      parsed.success && parsed.data !== undefined
        ? `\`${typeof parsed.data === 'string' ? parsed.data : JSON.stringify(parsed.data)}\``
        : '';
    return `| \`${name}\` | ${standard} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`;
  });
  return ['| variable | default | |', '|---|---|---|', ...rows].join('\n');
}
