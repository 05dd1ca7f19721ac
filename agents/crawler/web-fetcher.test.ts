import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../../test/fixtures/site.ts';
import { type AddressGuard, assertPublicAddress } from '../../runtime/public-address.ts';
import { WebFetcher } from './web-fetcher.ts';

let site: Site;
const fetchers: WebFetcher[] = [];
const { signal } = new AbortController();

function fetcher(guard: AddressGuard | null = null, pageTimeoutMs?: number): WebFetcher {
  const created = new WebFetcher({
    guard,
    connections: 4,
    ...(pageTimeoutMs === undefined ? {} : { pageTimeoutMs }),
  });
  fetchers.push(created);
  return created;
}

beforeAll(async () => {
  site = await startSite({ faults: true });
});
afterAll(() => site.stop());
afterEach(async () => {
  await Promise.all(fetchers.splice(0).map((created) => created.close()));
});
const at = (path: string) => new URL(path, site.url).href;

describe('a page is fetched', () => {
  test('with its type, charset and bytes, unpacked', async () => {
    const page = await fetcher().fetch(at('/fault/latin1'), signal);
    expect(page).toMatchObject({ url: at('/fault/latin1'), mediaType: 'text/html', charset: 'ISO-8859-1' });
    for (const encoding of ['gzip', 'deflate', 'br']) {
      const { bytes } = await fetcher().fetch(at(`/fault/${encoding}`), signal);
      expect(Buffer.from(bytes).toString()).toContain(`Packed by ${encoding}`);
    }
  });

  test('through redirects, each of which may be refused', async () => {
    const seen: string[] = [];
    const { url } = await fetcher().fetch(at('/fault/to-page'), signal, {
      onRedirect: (target) => void seen.push(target),
    });
    expect([url, ...seen]).toEqual([at('/page/1'), at('/page/1')]);
    const before = site.hits('/page/1');
    const refusing = fetcher().fetch(at('/fault/to-page'), signal, {
      onRedirect: () => Promise.reject(new Error('not there')),
    });
    await expect(refusing).rejects.toThrow('not there');
    expect(site.hits('/page/1')).toBe(before);
  });

  test.each([
    ['/fault/missing', 'http_status'],
    ['/fault/error', 'http_status'],
    ['/fault/reset', 'network'],
    ['/fault/large', 'too_large'],
    ['/fault/bomb', 'too_large'],
    ['/fault/broken-gzip', 'bad_encoding'],
    ['/fault/loop', 'too_many_redirects'],
    ['/fault/hop/0', 'too_many_redirects'],
    ['/fault/to-file', 'bad_redirect'],
    ['/fault/to-elsewhere', 'network'],
  ])('%s is a fault: %s', async (path, reason) => {
    await expect(fetcher().fetch(at(path), signal)).rejects.toMatchObject({ name: 'FetchFault', reason });
  });

  test('five redirects are followed, the sixth is not', async () => {
    const before = site.hits('/fault/hop/6');
    await expect(fetcher().fetch(at('/fault/hop/2'), signal)).rejects.toMatchObject({ reason: 'http_status' });
    await expect(fetcher().fetch(at('/fault/hop/1'), signal)).rejects.toMatchObject({ reason: 'too_many_redirects' });
    expect(site.hits('/fault/hop/6')).toBe(before + 2);
  });

  test('only if its type is wanted', async () => {
    const accepts = (mediaType: string) => mediaType.startsWith('text/');
    await expect(fetcher().fetch(at('/fault/image'), signal, { accepts })).rejects.toMatchObject({
      reason: 'unsupported_type',
      isIgnorable: true,
    });
  });

  test.each(['/fault/silent', '/fault/trickle'])('%s ends at the deadline, with its connection', async (path) => {
    await expect(fetcher(null, 300).fetch(at(path), signal)).rejects.toMatchObject({ reason: 'timeout' });
    await expect.poll(() => site.open()).toBe(0);
  });

  test('a cancel ends it at once, with the reason given', async () => {
    const cancel = new AbortController();
    const fetching = fetcher().fetch(at('/fault/silent'), cancel.signal);
    const ended = expect(fetching).rejects.toThrow('cancelled');
    await expect.poll(() => site.open()).toBe(1);
    cancel.abort(new Error('cancelled'));
    await ended;
    await expect.poll(() => site.open()).toBe(0);
  });
});

describe('no connection is made to an address that is not public', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '2130706433'])('%s', async (host) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '::', resolve));
    const { port } = server.address() as { port: number };
    await expect(fetcher(assertPublicAddress).fetch(`http://${host}:${port}/`, signal)).rejects.toMatchObject({
      reason: 'target_forbidden',
    });
    await new Promise((resolve) => server.close(resolve));
    expect(connections).toBe(0);
  });

  test('nor behind https', async () => {
    await expect(fetcher(assertPublicAddress).fetch('https://127.0.0.1:1/', signal)).rejects.toMatchObject({
      reason: 'target_forbidden',
    });
  });

  test('nor behind a redirect, from an address that is', async () => {
    // The guard lets the site pass and nothing else of this machine.
    const guard: AddressGuard = (address, host) => {
      if (address !== '127.0.0.1') assertPublicAddress(address, host);
    };
    await using other = await startSite({ host: '127.0.0.2' });
    await using redirecting = await startSite({
      answers: {
        '/to-literal': (_request, response) => void response.writeHead(302, { location: other.url }).end(),
        '/to-six': (_request, response) => void response.writeHead(302, { location: 'http://[::1]:9/' }).end(),
      },
    });
    for (const path of ['to-literal', 'to-six']) {
      await expect(fetcher(guard).fetch(redirecting.url + path, signal)).rejects.toMatchObject({
        reason: 'target_forbidden',
      });
    }
    expect(other.hits('/')).toBe(0);
    expect((await fetcher(guard).fetch(redirecting.url, signal)).bytes.byteLength).toBeGreaterThan(0);
  });
});
