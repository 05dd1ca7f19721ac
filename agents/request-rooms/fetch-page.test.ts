import { afterEach, describe, expect, it } from 'vitest';
import { assertPublicAddress } from '../../runtime/public-address.ts';
import { type Site, startSite, type SiteOptions } from '../../test/fixtures/site.ts';
import { fetchPage } from './fetch-page.ts';

const sites: Site[] = [];
afterEach(async () => {
  for (const site of sites.splice(0)) await site.stop();
});

async function start(answers: NonNullable<SiteOptions['answers']>): Promise<Site> {
  const site = await startSite({ answers });
  sites.push(site);
  return site;
}

const options = { guard: null, signal: new AbortController().signal, retryMs: 1 };

describe('a page', () => {
  it('is its address after redirects, its status, its size and its title', async () => {
    const html = '<html><head><title> A\n title </title></head><body>text</body></html>';
    const site = await start({
      '/old': (_, response) => void response.writeHead(302, { location: '/new' }).end('moved'),
      '/new': (_, response) => void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html),
    });
    expect(await fetchPage(`${site.url}old`, options)).toEqual({
      url: `${site.url}new`,
      status: 200,
      bytes: html.length,
      title: 'A title',
    });
  });

  it('that is not there is a result, too; what is no HTML has no title', async () => {
    const site = await start({ '/no': (_, response) => void response.writeHead(404).end('nothing') });
    expect(await fetchPage(`${site.url}no`, options)).toMatchObject({ status: 404, bytes: 7, title: null });
    expect(site.hits('/no')).toBe(1);
  });

  it.each([
    ['redirects for ever', '/loop', 'too_many_redirects'],
    ['redirects to another scheme', '/ftp', 'bad_redirect'],
    ['is over 5 MiB', '/large', 'too_large'],
  ])('that %s is a fault for good', async (_what, path, code) => {
    const site = await start({
      '/loop': (_, response) => void response.writeHead(302, { location: '/loop' }).end(),
      '/ftp': (_, response) => void response.writeHead(302, { location: 'ftp://host/' }).end(),
      '/large': (_, response) => void response.writeHead(200).end(Buffer.alloc(6 * 1024 * 1024)),
    });
    await expect(fetchPage(site.url.slice(0, -1) + path, options)).rejects.toMatchObject({ name: 'StepFault', code });
  });

  it('whose connection breaks is tried again, three times in all', async () => {
    let left = 2;
    const site = await start({
      '/shaky': (_, response) => void (left-- > 0 ? response.destroy() : response.end('here')),
      '/broken': (_, response) => void response.destroy(),
    });
    expect(await fetchPage(`${site.url}shaky`, options)).toMatchObject({ status: 200, bytes: 4 });
    await expect(fetchPage(`${site.url}broken`, options)).rejects.toMatchObject({ code: 'fetch_failed' });
    expect(site.hits('/broken')).toBe(3);
  });

  it.each(['http://127.0.0.1:9/', 'http://localhost:9/', 'http://[::1]:9/', 'http://169.254.169.254/latest'])(
    'at a private address (%s) is forbidden, and nothing is sent there',
    async (address) => {
      const fetching = fetchPage(address, { ...options, guard: assertPublicAddress });
      await expect(fetching).rejects.toMatchObject({ name: 'StepFault', code: 'target_forbidden' });
    },
  );

  it('is given up at once when the signal fires, with its reason', async () => {
    const site = await start({ '/slow': () => new Promise(() => undefined) });
    const controller = new AbortController();
    const fetching = fetchPage(`${site.url}slow`, { ...options, signal: controller.signal });
    await site.reached(1);
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(fetching).rejects.toBe(reason);
  });
});
