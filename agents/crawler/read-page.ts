/** A page's bytes to its title, its text and its links. Pure, but slow on large pages: runs in the reader's thread. */
import { type CheerioAPI, loadBuffer } from 'cheerio';
import { crawlLinksPerPage } from '../../protocol/limits.ts';
import { toAddress } from './address.ts';
import { assumedCharset, decodeText, knownCharset } from './decode-text.ts';
import { htmlText } from './html-text.ts';

export interface PageSource {
  /** Where it came from, after redirects. */
  url: string;
  /** text/html, text/plain or text/markdown. */
  mediaType: string;
  /** As the server said it. */
  charset?: string;
  bytes: Uint8Array;
}

export interface PageContent {
  title: string;
  text: string;
  /** Addresses in the order of the page, each once. */
  links: string[];
}

export function readPage(source: PageSource): PageContent {
  return source.mediaType === 'text/html' ? readHtml(source) : readPlain(source);
}

function readHtml({ url, charset, bytes }: PageSource): PageContent {
  const transportLayerEncodingLabel = knownCharset(charset);
  const $ = loadBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    encoding: {
      defaultEncoding: assumedCharset(bytes),
      ...(transportLayerEncodingLabel === undefined ? {} : { transportLayerEncodingLabel }),
    },
  });
  const heading = () => $('h1').first().text();
  const title = [$('head > title').first().text(), heading()].map(oneLine).find((text) => text !== '') ?? url;
  return { title, text: htmlText($.root()[0]), links: pageLinks($, url) };
}

function readPlain({ url, mediaType, charset, bytes }: PageSource): PageContent {
  const text = decodeText(bytes, charset).replace(/\r\n?/g, '\n').trim();
  const heading = mediaType === 'text/markdown' ? /^#{1,6}\s+(.+)$/m.exec(text)?.[1] : undefined;
  return { title: heading === undefined ? url : oneLine(heading), text, links: [] };
}

function pageLinks($: CheerioAPI, url: string): string[] {
  const base = toAddress($('base[href]').first().attr('href') ?? '', url) ?? url;
  const links = new Set<string>();
  for (const element of $('a[href], area[href]')) {
    if (links.size >= crawlLinksPerPage) break;
    const link = toAddress(element.attribs['href'] ?? '', base);
    if (link !== null) links.add(link);
  }
  return [...links];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}
