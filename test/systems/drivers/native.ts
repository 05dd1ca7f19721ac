/** The native protocol, as the five systems' clients are: what they are measured against. */
import { holes, openWatcher, post, type Frame, type SystemDriver } from './system-driver.ts';

const eventOf = (frame: Frame) => (frame['event'] ?? {}) as Frame;
const scripts = {
  quick: [{ do: 'emit', count: 3 }],
  slow: [1, 2, 3, 4, 5, 6].flatMap(() => [
    { do: 'emit', count: 2 },
    { do: 'wait', ms: 300 },
  ]),
  asks: [{ do: 'ask' }],
  expires: [{ do: 'ask', question: { timeoutMs: 1_000, onTimeout: { then: 'default', answer: { yes: false } } } }],
  fails: [{ do: 'fail', attempts: 9, code: 'invalid_input' }],
};

export const native: SystemDriver = {
  name: 'native',
  settings: {},
  kinds: ['quick', 'slow', 'asks', 'expires', 'fails'],
  asking: {
    isAsked: (frame) => eventOf(frame)['type'] === 'question.asked',
    answer: (base, id, asked) => answer(base, id, asked, { yes: true }),
    answerWrongly: (base, id, asked) => answer(base, id, asked, { perhaps: 1 }),
  },
  waitsForRun: false,
  tellsHistory: true,
  resumes: true,
  async start(base, id, kind) {
    const input = { steps: [{ script: scripts[kind] }] };
    await post(base, '/v1/runs', { blueprint: 'script', id, input }, [200, 201]);
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
  return (await post(base, `/v1/runs/${id}/questions/${question}/answer`, { answer: value }, [200, 409, 422])).status;
}
