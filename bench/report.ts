/** The figures as a table for people and as a file for comparison. */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { isKept, type Figure } from './figure.ts';

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.item,
    figure.what,
    `${round(figure.value)} ${unitOf(figure)}`.trim(),
    boundOf(figure),
    figure.bound === undefined ? '' : isKept(figure) ? 'pass' : 'FAIL',
  ]);
  const head = ['item', 'what', 'measured', 'promised', ''];
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Returns the file's path. */
export async function writeResults(folder: string, figures: readonly Figure[], at: Date): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${at.toISOString().replaceAll(':', '-')}.json`);
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryBytes: totalmem() };
  const results = figures.map((figure) => ({ ...figure, kept: isKept(figure) }));
  await writeFile(file, `${JSON.stringify({ at: at.toISOString(), machine, figures: results }, null, 2)}\n`);
  return file;
}

function boundOf({ bound, unit }: Figure): string {
  if (bound === undefined) return '';
  const suffix = unitOf({ unit });
  return 'atMost' in bound ? `≤ ${bound.atMost} ${suffix}`.trim() : `≥ ${bound.atLeast} ${suffix}`.trim();
}

function unitOf({ unit }: Pick<Figure, 'unit'>): string {
  return unit === 'count' ? '' : unit === 'ratio' ? '×' : unit;
}

/** Three digits that say something. */
function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
