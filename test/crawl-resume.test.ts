/** Kills the process of a crawl, again and again, with SIGKILL. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openKnowledge } from '../stores/knowledge/knowledge.ts';
import type { Told } from './fixtures/crawl-context.ts';
import { type Site, startSite } from './fixtures/site.ts';

const pages = 60;
const script = join(import.meta.dirname, 'fixtures/crawl-process.ts');

interface AttemptEnd {
  events: Told[];
  result: { done: { pages: number; chunks: number } } | null;
  stderr: string;
}

/** When an attempt is killed: as soon as the site has had so many requests, or the attempt tells of a stage. */
type KillAt = { requests: number } | { stage: string } | null;

async function attempt(site: Site, folder: string, n: number, killAt: KillAt): Promise<AttemptEnd> {
  const input = JSON.stringify({ url: site.url, maxConcurrent: 5 });
  const child = spawn(process.execPath, [script, folder, String(n), input], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: unknown[] = [];
  let stderr = '';
  createInterface(child.stdout).on('line', (line) => {
    const told = JSON.parse(line) as Told;
    lines.push(told);
    if (killAt && 'stage' in killAt && told.kind === 'crawl.stage' && told.data['stage'] === killAt.stage)
      child.kill('SIGKILL');
  });
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const exited = once(child, 'close');
  if (killAt && 'requests' in killAt)
    await Promise.race([site.reached(killAt.requests).then(() => child.kill('SIGKILL')), exited]);
  await exited;
  const last = lines.at(-1) as AttemptEnd['result'];
  const hasResult = last !== null && typeof last === 'object' && 'done' in last;
  return { events: (hasResult ? lines.slice(0, -1) : lines) as Told[], result: hasResult ? last : null, stderr };
}

/** Addresses whose outcome was on disk when the process died. */
function finishedPaths(folder: string): string[] {
  const file = join(folder, 'knowledge.sqlite');
  if (!existsSync(file)) return [];
  using database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare("SELECT url FROM crawl_page WHERE status IN ('ok', 'failed', 'ignored')").all();
  return rows.map((row) => new URL(String(row['url'])).pathname);
}

test('a crawl that is killed again and again fetches no finished page twice and tells of every page', async () => {
  const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const [killPoints = []] = fc.sample(fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 5, maxLength: 5 }), {
    seed,
    numRuns: 1,
  });
  const folder = mkdtempSync(join(tmpdir(), 'baton-crawl-kill-'));
  await using site = await startSite({ pages, delayMs: 5 });
  const events: Told[] = [];
  const finished = new Map<string, number>();
  let requests = 0;
  let n = 1;
  for (const point of killPoints) {
    requests += point;
    const { events: told, result } = await attempt(site, folder, n, { requests });
    events.push(...told);
    if (result) break;
    n += 1;
    for (const path of finishedPaths(folder)) if (!finished.has(path)) finished.set(path, site.hits(path));
    requests = [...site.allHits().values()].reduce((sum, hits) => sum + hits, 0);
  }
  for (const stage of ['processing', 'storing']) {
    events.push(...(await attempt(site, folder, n, { stage })).events);
    n += 1;
  }
  const { events: told, result, stderr } = await attempt(site, folder, n, null);
  events.push(...told);
  expect({ stderr, pages: result?.done.pages }).toEqual({ stderr: '', pages });
  expect(finished.size).toBeGreaterThan(0);
  for (const [path, hits] of finished) expect([path, site.hits(path)]).toEqual([path, hits]);
  const ofKind = (kind: string) => events.filter((event) => event.kind === kind);
  expect(new Set(ofKind('crawl.page').map(({ data }) => data['processed'])).size).toBe(pages);
  expect(new Set(ofKind('crawl.page').map(({ data }) => data['url'])).size).toBe(pages);
  const stages = ofKind('crawl.stage').map(({ data }) => String(data['stage']));
  expect([...new Set(stages)]).toEqual('starting analyzing webpage crawling processing storing completed'.split(' '));
  using knowledge = openKnowledge(folder);
  for (let page = 0; page < pages; page += 1) expect(knowledge.search(`bird${page}`, 1)).toHaveLength(1);
  expect(knowledge.sources()).toMatchObject([{ pages, chunks: result?.done.chunks }]);
  knowledge.close();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);
