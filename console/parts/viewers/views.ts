/** Which ways of looking at something fit it, the best one first. Pure. */
import type { BlobRef } from '../../../client/index.ts';

export type ViewName = 'tree' | 'table' | 'markdown' | 'code' | 'text' | 'image';

export const viewLabels: Readonly<Record<ViewName, string>> = {
  tree: 'Tree',
  table: 'Table',
  markdown: 'Markdown',
  code: 'Lines',
  text: 'Text',
  image: 'Image',
};

/** Of whatever JSON has. */
export function viewsOfValue(value: unknown, name = ''): ViewName[] {
  if (typeof value === 'string') return viewsOfText(value, { name });
  return isTable(value) ? ['table', 'tree', 'code'] : ['tree', 'code'];
}

export function viewsOfText(text: string, { name = '', type = '' }: { name?: string; type?: string }): ViewName[] {
  if (type === 'text/markdown' || /\.(?:md|markdown)$/i.test(name)) return ['markdown', 'code'];
  if (type.startsWith('text/html') || (type !== 'text/plain' && /\.[a-z]{1,4}$/i.test(name))) return ['code', 'text'];
  if (!text.includes('\n') && text.length < 200) return ['text'];
  return looksLikeMarkdown(text) ? ['markdown', 'text', 'code'] : ['text', 'code'];
}

/** Before its bytes are there. */
export function kindOfBlob({ type }: BlobRef): 'json' | 'text' | 'image' | 'binary' {
  const [essence = ''] = type.toLowerCase().split(';');
  if (/^image\/(?:png|jpeg|gif|webp|avif|svg\+xml)$/.test(essence)) return 'image';
  if (essence === 'application/json' || essence.endsWith('+json')) return 'json';
  const isText = essence.startsWith('text/') || /(?:xml|yaml|javascript|typescript|toml)$/.test(essence);
  return isText ? 'text' : 'binary';
}

export function isBlobRef(value: unknown): value is BlobRef {
  if (typeof value !== 'object' || value === null) return false;
  const { ref, bytes, type } = value as Partial<Record<string, unknown>>;
  return typeof ref === 'string' && typeof bytes === 'number' && typeof type === 'string';
}

/** What stands on the wire for something large. */
export function isStored(value: unknown): value is { preview: string; blob: BlobRef } {
  if (typeof value !== 'object' || value === null || !('preview' in value) || !('blob' in value)) return false;
  return typeof value.preview === 'string' && isBlobRef(value.blob);
}

/** Two flat objects or more, of a few columns altogether. */
export function isTable(value: unknown): value is Record<string, unknown>[] {
  if (!Array.isArray(value) || value.length < 2) return false;
  const rows: unknown[] = value;
  return rows.every(isFlat) && columnsOf(rows as Record<string, unknown>[]).length <= mostColumns;
}

const mostColumns = 20;

/** In the order in which they first come. */
export function columnsOf(rows: readonly Record<string, unknown>[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function isFlat(row: unknown): boolean {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false;
  return Object.values(row).every((cell) => typeof cell !== 'object' || cell === null);
}

function looksLikeMarkdown(text: string): boolean {
  const signs = [
    /^#{1,6} \S/m,
    /^ {0,3}[-*] \S.*\n {0,3}[-*] \S/m,
    /^```/m,
    /\[[^\]\n]+\]\([^)\s]+\)/,
    /^\|.+\|$/m,
    /\*\*\S/,
  ];
  return signs.filter((sign) => sign.test(text)).length >= (text.startsWith('#') ? 1 : 2);
}
