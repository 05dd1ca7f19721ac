/** Reads sitemaps (sitemaps.org protocol). Pure, but slow on large ones: runs in the reader's thread. */
import { gunzipSync } from 'node:zlib';
import { load } from 'cheerio';
import { type Element, isCDATA, isTag, isText } from 'domhandler';
import { crawlBodyBytes, crawlPagesMax } from '../../protocol/limits.ts';
import { toAddress } from './address.ts';
import { decodeText } from './decode-text.ts';

export interface Sitemap {
  /** `urlset` lists pages, `index` lists further sitemaps. */
  kind: 'urlset' | 'index';
  /** Usable addresses in order, each once; one more than a crawl may have at most. */
  addresses: string[];
}

/** null for anything that is no sitemap. Bytes may be gzip. Throws when they unpack to more than a body may have. */
export function readSitemap(bytes: Uint8Array, url: string): Sitemap | null {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = isGzip ? gunzipSync(bytes, { maxOutputLength: crawlBodyBytes }) : bytes;
  const xml = decodeText(plain, xmlCharset(plain));
  if (!/<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s>/]/.test(xml.slice(0, 10_000))) return null;
  const document = load(xml, { xml: true }).root()[0];
  const root = document?.children.find(isTag);
  if (root === undefined) return null;
  const kinds = { urlset: 'urlset', sitemapindex: 'index' } as const;
  const name = localName(root);
  if (name !== 'urlset' && name !== 'sitemapindex') return null;
  const entryName = name === 'urlset' ? 'url' : 'sitemap';
  const addresses = new Set<string>();
  for (const entry of root.children.filter(isTag)) {
    if (addresses.size > crawlPagesMax) break;
    if (localName(entry) !== entryName) continue;
    const loc = entry.children.filter(isTag).find((child) => localName(child) === 'loc');
    const address = loc && toAddress(textOf(loc), url);
    if (address) addresses.add(address);
  }
  return { kind: kinds[name], addresses: [...addresses] };
}

/** Without the namespace's prefix. */
function localName({ name }: Element): string {
  return name.slice(name.indexOf(':') + 1);
}

function textOf(element: Element): string {
  return element.children
    .flatMap((child) => (isCDATA(child) ? child.children : [child]))
    .map((child) => (isText(child) ? child.data : ''))
    .join('');
}

function xmlCharset(bytes: Uint8Array): string | undefined {
  return /^<\?xml[^>]*encoding=["']([\w-]+)["']/.exec(Buffer.from(bytes.subarray(0, 200)).toString('latin1'))?.[1];
}
