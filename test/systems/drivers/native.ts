/** The native protocol, as the five systems' clients are: what they are measured against. Its runs are the product's own. */
import { holes, openWatcher, post, type Frame, type RunKind, type SystemDriver } from './system-driver.ts';

const eventOf = (frame: Frame) => (frame['event'] ?? {}) as Frame;
const request = (userQuery: string, context: Frame = {}) => ({
  blueprint: 'request-rooms',
  input: { userQuery, context },
});
const runs: Readonly<Record<RunKind, (site: string) => Frame>> = {
  quick: () => request('calculate 6*7; summarize'),
  slow: () => request('calculate 6*7; wait 1s; wait 1s; summarize'),
  asks: (site) => ({ blueprint: 'crawl', input: { url: site, maxPages: 3, onLimit: 'ask' } }),
  expires: () => request('calculate 6*7; summarize', { askFirst: true, questionTimeoutSeconds: 1 }),
  fails: () => request('calculate 1/0; summarize'),
};

export const native: SystemDriver = {
  name: 'native',
  settings: { CRAWL_ALLOW_PRIVATE: '1' },
  kinds: ['quick', 'slow', 'asks', 'expires', 'fails'],
  asking: {
    isAsked: (frame) => eventOf(frame)['type'] === 'question.asked',
    answer: (base, id, asked) => answer(base, id, asked, { continue: false }),
    answerWrongly: (base, id, asked) => answer(base, id, asked, { perhaps: 1 }),
  },
  waitsForRun: false,
  tellsHistory: true,
  resumes: true,
  async start(base, id, kind, site) {
    await post(base, '/v1/runs', { ...runs[kind](site), id }, [200, 201]);
    return id;
  },
  watch: (base, id, after = 0) =>
    openWatcher(`${base}/v1/ws`, {
      isStory: ({ kind }) => kind === 'event',
      isEnd: ({ kind }) => kind === 'end',
      cursorOf: (frame) => (frame['kind'] === 'event' ? Number(eventOf(frame)['seq']) : undefined),
      greet: (socket) => socket.send({ id: 1, op: 'subscribe', run: id, after }),
    }),
  cancel: async (base, id) => (await post(base, `/v1/runs/${id}/cancel`, {}, [202, 404, 409])).status,
  broken: (frames) =>
    holes(
      frames.filter(({ kind }) => kind === 'event').map((frame) => Number(eventOf(frame)['seq'])),
      'seq',
    ),
};

async function answer(base: string, id: string, asked: Frame, value: unknown): Promise<number> {
  const question = (eventOf(asked)['data'] as { question: { id: string } }).question.id;
  return (await post(base, `/v1/runs/${id}/questions/${question}/answer`, { answer: value }, [200, 202, 409, 422]))
    .status;
}
