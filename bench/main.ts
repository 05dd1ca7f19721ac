/**
 * `npm run bench [-- --only NAME[,NAME…]] [--quick]`. Exits with 1 where a promise is not kept; `--quick` shows that the
 * bench works, and its figures are not judged.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isKept } from './figure.ts';
import { items } from './items.ts';
import { runItems } from './run-items.ts';
import { table, writeResults } from './report.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' } } });
const quick = values.quick === true;
const names = values.only?.split(',') ?? Object.keys(items);
const unknown = names.filter((name) => !Object.hasOwn(items, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no item ${unknown.join(', ')}; there are ${Object.keys(items).join(', ')}.\n`);
  process.exit(2);
}
const figures = await runItems(names, { quick, onItem: (name) => process.stderr.write(`${name} …\n`) });
const file = await writeResults(fileURLToPath(new URL('results', import.meta.url)), figures, new Date());
process.stdout.write(`${table(figures)}\n\n${file}\n`);
process.exit(!quick && figures.some((figure) => !isKept(figure)) ? 1 : 0);
