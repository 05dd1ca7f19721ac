/** archon-crawl: a card for each crawl; the socket is open before the crawl is asked for. */
import { falls, openWatcher, post, type Frame, type SystemDriver } from './system-driver.ts';

const dataOf = (frame: Frame) => (frame['data'] ?? {}) as Frame;
const isEnd = (frame: Frame) => ['completed', 'error'].includes(String(dataOf(frame)['status']));
const stages = ['starting', 'analyzing', 'sitemap|webpage', 'crawling', 'processing', 'storing', 'completed'];

export const archon: SystemDriver = {
  name: 'archon',
  settings: { CRAWL_ALLOW_PRIVATE: '1' },
  kinds: ['quick', 'slow', 'fails'],
  waitsForRun: true,
  tellsHistory: false,
  repeatsNewest: true,
  resumes: false,
  async start(base, id, kind, site) {
    const url = kind === 'fails' ? 'http://127.0.0.1:1/' : site;
    const limit = kind === 'quick' ? { max_pages: 2 } : {};
    await post(base, '/api/knowledge-items/crawl', { url, progress_id: id, max_concurrent: 2, ...limit }, [202]);
    return id;
  },
  watch: (base, id) =>
    openWatcher(`${base}/api/crawl-progress/${id}`, {
      isStory: ({ type }) => type === 'crawl_progress' || type === 'crawl_completed',
      isEnd,
    }),
  cancel: async (base, id) => (await post(base, `/api/knowledge-items/crawl/${id}/cancel`, {}, [202, 404, 409])).status,
  progressOf: ({ type, data }) =>
    type === 'crawl_progress' || type === 'crawl_completed' ? Number((data as Frame)['percentage']) : undefined,
  broken(frames) {
    const faults: string[] = [];
    if (frames[0]?.['type'] !== 'connection_established') faults.push('the first frame is not connection_established');
    const told = frames.filter(({ type }) => type === 'crawl_progress' || type === 'crawl_completed');
    const records = told.map(dataOf);
    const ends = told.filter(isEnd);
    if (ends.length !== 1 || !isEnd(told.at(-1) ?? {})) faults.push(`${ends.length} ends`);
    const end = told.at(-1);
    if ((dataOf(end ?? {})['status'] === 'completed') !== (end?.['type'] === 'crawl_completed'))
      faults.push('the end has another type');
    for (const record of records) {
      const { percentage, processedPages, totalPages, log, logs } = record;
      if (!Number.isInteger(percentage) || Number(percentage) > 100) faults.push(`percentage ${String(percentage)}`);
      if (Number(processedPages) > Number(totalPages))
        faults.push(`${String(processedPages)} of ${String(totalPages)} pages`);
      if (typeof log !== 'string' || log === '' || !Array.isArray(logs)) faults.push('no log');
      if ('error' in record !== (record['status'] === 'error')) faults.push('error stands where it should not');
    }
    if (dataOf(end ?? {})['status'] === 'completed') {
      const seen = [...new Set(records.map(({ status }) => String(status)))].map((status) =>
        status === 'sitemap' || status === 'webpage' ? 'sitemap|webpage' : status,
      );
      const missing = stages.slice(1).filter((stage) => !seen.includes(stage));
      if (missing.length > 0) faults.push(`stages are missing: ${missing.join(', ')}`);
    }
    return [
      ...faults,
      ...falls(
        records.map(({ percentage }) => Number(percentage)),
        'percentage',
      ),
    ];
  },
};
