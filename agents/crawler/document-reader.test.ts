import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { DocumentReader } from './document-reader.ts';
import { busyMs } from '../../test/harness/busy.ts';

let reader = new DocumentReader();
afterEach(() => reader.close());

const { signal } = new AbortController();
const page = (body: string) => ({
  url: 'http://site.test/',
  mediaType: 'text/html',
  bytes: new TextEncoder().encode(body),
});

describe('documents are read in a thread of their own', () => {
  test('pages and sitemaps come back in turn, each to whoever asked', async () => {
    reader = new DocumentReader();
    const sitemap = new TextEncoder().encode('<urlset><url><loc>http://site.test/a</loc></url></urlset>');
    const [one, map, two] = await Promise.all([
      reader.page(page('<h1>One</h1>'), signal),
      reader.sitemap(sitemap, 'http://site.test/', signal),
      reader.page(page('<h1>Two</h1>'), signal),
    ]);
    expect([one.title, map?.addresses, two.title]).toEqual(['One', ['http://site.test/a'], 'Two']);
  });

  test('a page that is made to be slow fails by its deadline, this thread goes on, and so does the next page', async () => {
    reader = new DocumentReader(1_500);
    await reader.page(page('warm'), signal);
    const slow = reader.page(page('<div>'.repeat(200_000)), signal);
    const next = reader.page(page('<h1>Next</h1>'), signal);
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 10);
    await expect(slow).rejects.toMatchObject({ name: 'FetchFault', reason: 'unreadable' });
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(20);
    await expect(next).resolves.toMatchObject({ title: 'Next' });
  });

  test('a document that cannot be read says why', async () => {
    reader = new DocumentReader();
    const truncated = new Uint8Array([0x1f, 0x8b, 8, 0]);
    await expect(reader.sitemap(truncated, 'http://site.test/', signal)).rejects.toMatchObject({
      reason: 'unreadable',
      message: expect.stringMatching(/unexpected end/),
    });
  });

  test('a read that was cancelled before its turn is not done', async () => {
    reader = new DocumentReader();
    await expect(reader.page(page('x'), AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
  });

  test('a cancel is heard at once, while a document is read and while one waits', async () => {
    reader = new DocumentReader();
    await reader.page(page('warm'), signal);
    const cancel = new AbortController();
    const reading = reader.page(page('<div>'.repeat(200_000)), cancel.signal);
    const waiting = reader.page(page('x'), cancel.signal);
    const ended = Promise.all([reading, waiting].map((read) => expect(read).rejects.toThrow('cancelled')));
    await setImmediate();
    const cancelledAt = performance.now();
    cancel.abort(new Error('cancelled'));
    await ended;
    expect(performance.now() - cancelledAt).toBeLessThan(500 + busyMs);
    await expect(reader.page(page('<h1>After</h1>'), signal)).resolves.toMatchObject({ title: 'After' });
  });

  test('a cancel while the thread starts costs neither time nor the thread', async () => {
    reader = new DocumentReader();
    const cancel = new AbortController();
    const ended = expect(reader.page(page('x'), cancel.signal)).rejects.toThrow('cancelled');
    await setImmediate();
    cancel.abort(new Error('cancelled'));
    await ended;
    await expect(reader.page(page('<h1>After</h1>'), signal)).resolves.toMatchObject({ title: 'After' });
  }, 5_000);

  test('closing stops what is being read', async () => {
    reader = new DocumentReader();
    const ended = expect(reader.page(page('<div>'.repeat(200_000)), signal)).rejects.toMatchObject({
      reason: 'unreadable',
    });
    await setImmediate();
    await reader.close();
    await ended;
  });
});
