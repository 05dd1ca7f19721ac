/** The thread in which documents are read: a page that is made to be slow or huge stops here, and nothing else. */
import { parentPort } from 'node:worker_threads';
import { type PageSource, readPage } from './read-page.ts';
import { readSitemap } from './sitemap.ts';

export type DocumentJob = { kind: 'page'; source: PageSource } | { kind: 'sitemap'; bytes: Uint8Array; url: string };

export type DocumentReply = { ok: true; value: unknown } | { ok: false; message: string };

parentPort?.on('message', (job: DocumentJob) => {
  let reply: DocumentReply;
  try {
    const value = job.kind === 'page' ? readPage(job.source) : readSitemap(job.bytes, job.url);
    reply = { ok: true, value };
  } catch (error) {
    reply = { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply, []);
});
// The thread has loaded what it needs.
parentPort?.postMessage('ready', []);
