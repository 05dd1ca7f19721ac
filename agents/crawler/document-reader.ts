/**
 * Reads pages and sitemaps outside this thread's event loop, one at a time, each within a deadline.
 * Parsers take quadratic time on pages that are made for it; such a page costs its thread and fails, alone.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { crawlReadTimeoutMs } from '../../protocol/limits.ts';
import type { DocumentJob, DocumentReply } from './document-thread.ts';
import { FetchFault } from './fetch-fault.ts';
import type { PageContent, PageSource } from './read-page.ts';
import type { Sitemap } from './sitemap.ts';

/** Bounds what a page can make the parser keep. */
const threadHeapMb = 512;

export class DocumentReader {
  readonly #timeoutMs: number;
  #thread: Promise<Worker> | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(timeoutMs = crawlReadTimeoutMs) {
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects with a `FetchFault` `unreadable`, or with the signal's reason. */
  page(source: PageSource, signal: AbortSignal): Promise<PageContent> {
    return this.#enqueue({ kind: 'page', source }, signal) as Promise<PageContent>;
  }

  /** null for what is no sitemap. Rejects like `page`. */
  sitemap(bytes: Uint8Array, url: string, signal: AbortSignal): Promise<Sitemap | null> {
    return this.#enqueue({ kind: 'sitemap', bytes, url }, signal) as Promise<Sitemap | null>;
  }

  async close(): Promise<void> {
    const starting = this.#thread;
    this.#thread = null;
    const thread = await starting;
    await thread?.terminate();
  }

  #enqueue(job: DocumentJob, signal: AbortSignal): Promise<unknown> {
    const turn = this.#queue.then(() => {
      signal.throwIfAborted();
      return this.#read(job, signal);
    });
    this.#queue = turn.catch(() => undefined);
    return orAborted(turn, signal);
  }

  async #read(job: DocumentJob, signal: AbortSignal): Promise<unknown> {
    const thread = await (this.#thread ?? this.#start());
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<DocumentReply>();
    const giveUp = (message: string) => reject(new FetchFault('unreadable', message));
    const timer = setTimeout(() => giveUp(`reading it took longer than ${this.#timeoutMs} ms`), this.#timeoutMs);
    const onError = (error: Error) => giveUp(`reading it failed: ${error.message}`);
    const onExit = () => giveUp('its reader was stopped');
    thread.once('message', resolve).once('error', onError).once('exit', onExit);
    // While a document is read the process must not end for want of anything else to wait for.
    thread.ref();
    thread.postMessage(job, []);
    try {
      const reply = await orAborted(promise, signal);
      if (!reply.ok) throw new FetchFault('unreadable', reply.message);
      thread.unref();
      return reply.value;
    } catch (error) {
      // A thread that failed once is not trusted with another document.
      await thread.terminate();
      throw error;
    } finally {
      clearTimeout(timer);
      thread.off('message', resolve).off('error', onError).off('exit', onExit);
    }
  }

  #start(): Promise<Worker> {
    const starting = startThread();
    this.#thread = starting;
    const forget = () => {
      if (this.#thread === starting) this.#thread = null;
    };
    starting.then((thread) => void thread.once('exit', forget), forget);
    return starting;
  }
}

/** Resolves when the thread can read: what it takes to load is no document's time. */
async function startThread(): Promise<Worker> {
  const thread = new Worker(new URL('./document-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: threadHeapMb },
  });
  await once(thread, 'message');
  // Between two documents nobody else listens, and the exit says enough.
  thread.on('error', () => undefined);
  return thread;
}

/** The signal's reason as soon as it fires, however long the work goes on. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
