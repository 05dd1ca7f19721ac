/** Objects in a bucket of S3, or of a store that speaks like it. */
import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { load } from 'cheerio';
import { BatonError } from '../../protocol/errors.ts';
import { archiveCallMs } from '../../protocol/limits.ts';
import type { ObjectStore } from './object-store.ts';

export interface S3Place {
  bucket: string;
  /** Before every key; without slashes at its ends. */
  prefix: string;
  /** Addressed by path. null: AWS itself. */
  endpoint: string | null;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** Of one call, where the store is busy or fails inside; pauses double from 50 ms. */
const retries = 4;
const listedAtOnce = 1_000;

export function s3Objects({ bucket, prefix, endpoint, region, credentials }: S3Place): ObjectStore {
  const client = new AwsClient({ ...credentials, region, service: 's3', retries });
  const base = endpoint === null ? `https://${bucket}.s3.${region}.amazonaws.com` : `${trimmed(endpoint)}/${bucket}`;
  const before = prefix === '' ? '' : `${prefix}/`;
  const addressOf = (key: string) => `${base}/${(before + key).split('/').map(encodeURIComponent).join('/')}`;

  async function call(what: string, url: string, init: RequestInit = {}): Promise<Response> {
    const fault = (why: string, cause?: unknown) =>
      new BatonError('archive_down', `the archive did not ${what}: ${why}`, {}, { cause });
    let response: Response;
    try {
      response = await client.fetch(url, { ...init, signal: AbortSignal.timeout(archiveCallMs) });
    } catch (error) {
      throw fault(error instanceof Error ? error.message : String(error), error);
    }
    if (response.ok || response.status === 404) return response;
    const { Code: code = '', Message: message = '' } = textsOf(await response.text(), ['Code', 'Message']);
    throw fault(`${response.status} ${code} ${message}`.trim());
  }

  async function bodyOf(response: Response): Promise<Uint8Array> {
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw new BatonError('archive_down', 'the archive broke off', {}, { cause: error });
    }
  }

  return {
    async put(key, bytes) {
      const digest = createHash('sha256').update(bytes).digest('hex');
      const headers = { 'x-amz-content-sha256': digest, 'content-type': 'application/octet-stream' };
      // A copy, for its type alone: `fetch` takes no shared memory.
      const response = await call('store', addressOf(key), { method: 'PUT', headers, body: new Uint8Array(bytes) });
      if (!response.ok) throw new BatonError('archive_down', `the archive's bucket ${bucket} is not there`);
    },
    async get(key) {
      const response = await call('give', addressOf(key));
      return response.status === 404 ? null : await bodyOf(response);
    },
    async list(under, { after, limit }) {
      const keys: string[] = [];
      for (let last = after; keys.length < limit;) {
        const query = new URLSearchParams({
          'list-type': '2',
          prefix: before + under,
          'max-keys': String(Math.min(limit - keys.length, listedAtOnce)),
          ...(last === undefined ? {} : { 'start-after': before + last }),
        });
        const response = await call('list', `${base}/?${query.toString()}`);
        if (!response.ok) throw new BatonError('archive_down', `the archive's bucket ${bucket} is not there`);
        const $ = load(Buffer.from(await bodyOf(response)).toString('utf8'), { xml: true });
        const found = $('Contents > Key')
          .toArray()
          .map((key) => $(key).text().slice(before.length));
        keys.push(...found);
        if ($('IsTruncated').text() !== 'true' || found.length === 0) break;
        last = found.at(-1);
      }
      return keys.slice(0, limit);
    },
    async remove(key) {
      await call('delete', addressOf(key), { method: 'DELETE' });
    },
  };
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}

function textsOf(xml: string, names: readonly string[]): Record<string, string> {
  const $ = load(xml, { xml: true });
  return Object.fromEntries(names.map((name) => [name, $(`Error > ${name}`).text()]));
}
