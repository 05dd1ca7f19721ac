/** Work of bob's in each of the five systems, all of it under way, for those who want at what is not theirs. */
import { expect } from 'vitest';
import { crawlPagesMax } from '../../protocol/limits.ts';
import { startSite } from '../fixtures/site.ts';
import { unique } from '../harness/temporal-server.ts';
import type { Frame } from '../harness/test-socket.ts';
import { until } from '../harness/until.ts';
import { startFuzzGateway, tokens, type FuzzGateway, type Person } from './fuzz-gateway.ts';
import { closeConnections } from './send.ts';

export const jwtSecret = 'the-secret-of-these-tests-is-long-enough-91e0';

export interface BobsWork {
  gateway: FuzzGateway;
  /** Ids, by system. */
  ids: Readonly<Record<System, string>>;
  /** How it stands, in the words of each system. */
  stands(): Promise<unknown[]>;
  wsUrl(path: string, person: Person): string;
  /** What his crawl crawls. */
  siteUrl: string;
  /** Ends his crawl; when it and all clients have gone nothing is held, and no fault and no token is in the log. */
  expectNothingLeft(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBobsWork(): Promise<BobsWork> {
  // Whatever else the machine does, it is under way for minutes.
  const site = await startSite({ pages: 10_000, delayMs: 1_000 });
  const gateway = await startFuzzGateway({
    CRAWL_ALLOW_PRIVATE: '1',
    AUTH_JWT_SECRET: jwtSecret,
    MGX_TEST_PACE_MS: '0',
  });
  const bob = gateway.as('bob');
  const begin = async (path: string, body: Frame) => {
    const { status, body: reply } = await bob.post(path, body);
    expect(status, JSON.stringify(reply)).toBeGreaterThanOrEqual(201);
    expect(status).toBeLessThan(203);
    return reply;
  };
  const ids = {
    ki: unique('bobs-session'),
    scam: unique('bobs-relay'),
    mgx: '',
    archon: unique('bobs-crawl'),
    rooms: unique('bobs-request'),
  };
  await begin('/api/sessions', { message: 'build a shop', session_id: ids.ki });
  await begin(`/api/agent-progress/${ids.scam}`, { message: 'bobs secret', percent: 10, step: 'entity_extraction' });
  const task = await begin('/api/tasks', { input_prompt: 'bobs secret wish' });
  await begin('/api/knowledge-items/crawl', { url: site.url, progress_id: ids.archon, max_pages: crawlPagesMax });
  await begin('/api/requests', { requestId: ids.rooms, userQuery: 'bobs secret', context: { askFirst: true } });
  ids.mgx = String(task['id']);
  for (const run of [`ki:${ids.ki}`, `rooms:${ids.rooms}`])
    await bob.eventsUntil(run, ({ type }) => type === 'question.asked');
  const at = async (path: string) => (await bob.get(path)).body;
  await until('his crawl to be under way', async () => {
    return (await at(`/api/crawl-progress/${ids.archon}`))['status'] === 'crawling';
  });
  return {
    gateway,
    ids,
    stands: async () => {
      const session = await at(`/api/sessions/${ids.ki}`);
      const relay = await at(`/api/scam/tasks/${ids.scam}`);
      const request = await at(`/api/requests/${ids.rooms}`);
      return [
        [session['status'], session['events_total']],
        [relay['status'], relay['percent'], relay['message']],
        [(await at(`/api/tasks/${ids.mgx}`))['status']],
        [(await at(`/api/crawl-progress/${ids.archon}`))['status']],
        [request['status'], request['seq']],
      ];
    },
    wsUrl: (path, person) =>
      `${gateway.url.replace('http', 'ws')}${path}${path.includes('?') ? '&' : '?'}token=${tokens[person]}`,
    siteUrl: site.url,
    expectNothingLeft: async () => {
      expect((await bob.post(`/api/knowledge-items/crawl/${ids.archon}/cancel`)).status).toBe(202);
      await bob.eventsToEnd(`archon:${ids.archon}`);
      await gateway.expectNothingHeld();
      const log = gateway.logged();
      for (const line of log.split('\n'))
        if (line !== '') expect(Number((JSON.parse(line) as { level: unknown }).level), line).toBeLessThan(50);
      for (const token of Object.values(tokens)) expect(log.includes(token), 'the log holds a token').toBe(false);
      expect((await bob.get('/readyz')).status).toBe(200);
    },
    stop: async () => {
      closeConnections();
      await gateway.stop();
      await site.stop();
    },
  };
}

export type System = 'ki' | 'scam' | 'mgx' | 'archon' | 'rooms';

/** What is asked of one piece of work, ID being its id. */
export const requests: Record<System, readonly (readonly [method: string, path: string, body?: object])[]> = {
  ki: [
    ['GET', '/api/sessions/ID'],
    ['GET', '/api/sessions/ID/events'],
    ['POST', '/api/sessions/ID/hitl', { decision: 'approve' }],
    ['POST', '/api/sessions/ID/cancel'],
  ],
  scam: [
    ['GET', '/api/scam/tasks/ID'],
    ['POST', '/api/scam/tasks/ID/cancel'],
  ],
  mgx: [
    ['GET', '/api/tasks/ID'],
    ['GET', '/api/tasks/ID/events'],
    ['POST', '/api/tasks/ID/run'],
    ['POST', '/api/tasks/ID/cancel'],
    ['POST', '/api/tasks/ID/retry'],
  ],
  archon: [
    ['GET', '/api/crawl-progress/ID'],
    ['POST', '/api/knowledge-items/crawl/ID/cancel'],
  ],
  rooms: [
    ['GET', '/api/requests/ID'],
    ['POST', '/api/requests/ID/cancel'],
    ['POST', '/api/requests/ID/feedback', { questionId: 'q-1', answer: 'mine' }],
  ],
};
export const systems = Object.keys(requests) as System[];
