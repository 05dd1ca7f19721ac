/** What the web says of an entity: Exa's search where a key is configured, else the offline index. */
import { z } from 'zod';
import { scamSearchCharacters, scamSearchResults, scamSearchTimeoutMs } from '../../protocol/limits.ts';
import type { Config } from '../../runtime/config.ts';
import { shippedWebReports } from '../../stores/entities/shipped-reports.ts';
import type { CheckedEntity } from './find-entities.ts';
import { mentions } from './mentions.ts';

export interface WebReports {
  /** Said in the evidence. */
  readonly source: 'exa' | 'offline';
  /** Titles of what reports the entity. Throws what the search failed with, or the signal's reason. */
  search(entity: CheckedEntity, signal: AbortSignal): Promise<string[]>;
}

/** What a page says that reports fraud. */
const reporting = /scam|fraud|phish|spam|complain|report|fake|hoax|malicious|steal|threat|warning|who called/i;

const answerSchema = z.object({
  results: z.array(z.object({ title: z.string().nullish(), url: z.string(), text: z.string().nullish() })),
});

export function openWebReports({
  EXA_API_KEY: key,
  EXA_BASE_URL: base,
}: Pick<Config, 'EXA_API_KEY' | 'EXA_BASE_URL'>): WebReports {
  return key === undefined
    ? offline
    : { source: 'exa', search: (entity, signal) => exa(entity, signal, { key, base }) };
}

const offline: WebReports = {
  source: 'offline',
  search: async ({ value }) =>
    Promise.resolve(shippedWebReports.filter(({ entity }) => entity === value).map(({ title }) => title)),
};

async function exa(
  entity: CheckedEntity,
  signal: AbortSignal,
  { key, base }: { key: string; base: string },
): Promise<string[]> {
  const response = await fetch(new URL('search', base.endsWith('/') ? base : `${base}/`), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({
      query: `"${entity.value}" scam fraud report`,
      type: 'auto',
      numResults: scamSearchResults,
      contents: { text: { maxCharacters: scamSearchCharacters } },
    }),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(scamSearchTimeoutMs)]),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the web search answered ${response.status}`);
  }
  const { results } = answerSchema.parse(await response.json());
  return results
    .filter(({ title, url, text }) => {
      const page = [title, url, text].join('\n');
      return reporting.test(page) && mentions(page, entity);
    })
    .map(({ title, url }) => title ?? url);
}
