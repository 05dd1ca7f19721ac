/** request-rooms, by plain WebSocket: start, step indicators, one result at the end. */
import { openWatcher, post, type Frame, type SystemDriver } from './system-driver.ts';

const queries = {
  quick: 'calculate 6*7; summarize',
  slow: 'calculate 6*7; wait 1s; wait 1s; summarize',
  asks: 'calculate 6*7; summarize',
  expires: 'calculate 6*7; summarize',
  fails: 'calculate 6*7; calculate 1/0; summarize',
};
const isEnd = ({ type }: Frame) => type === 'request.completed';

export const rooms: SystemDriver = {
  name: 'rooms',
  settings: {},
  kinds: ['quick', 'slow', 'asks', 'expires', 'fails'],
  asking: {
    // Whoever comes later is told it by the state.
    isAsked: ({ type, question }) => type === 'question' || (type === 'state' && question !== null),
    answer: async (base, id, frame) => {
      const { questionId } = (frame['type'] === 'state' ? frame['question'] : frame) as Frame;
      return (await post(base, `/api/requests/${id}/feedback`, { questionId, answer: 'metres' }, [202, 409])).status;
    },
    answerWrongly: async (base, id) =>
      (await post(base, `/api/requests/${id}/feedback`, { questionId: 'q-99', answer: 'metres' }, [404, 409])).status,
  },
  waitsForRun: true,
  tellsHistory: false,
  resumes: false,
  async start(base, id, kind) {
    const context = {
      ...(kind === 'asks' || kind === 'expires' ? { askFirst: true } : {}),
      ...(kind === 'expires' ? { questionTimeoutSeconds: 1 } : {}),
    };
    await post(base, '/api/requests', { requestId: id, userQuery: queries[kind], context }, [202]);
    return id;
  },
  watch: (base, id) =>
    openWatcher(`${base}/ws/requests?requestId=${id}`, {
      isStory: ({ type }) => type !== 'connected' && type !== 'state',
      isEnd: (frame) => isEnd(frame) || (frame['type'] === 'state' && frame['result'] !== null),
    }),
  cancel: async (base, id) => (await post(base, `/api/requests/${id}/cancel`, {}, [202, 404, 409])).status,
  broken(frames) {
    const faults: string[] = [];
    if (frames[0]?.['type'] !== 'connected') faults.push('the first frame is not connected');
    const told = frames.filter(({ type }) => type !== 'connected' && type !== 'state');
    if (told.filter(isEnd).length !== 1 || !isEnd(told.at(-1) ?? {}))
      faults.push('request.completed is not the one last frame');
    const done = told.filter(({ type }) => type === 'agent.completed').map(({ agent }) => agent);
    const order = ['thought-agent', 'planner-agent', 'executor-agent'].filter((agent) => done.includes(agent));
    if (JSON.stringify(done) !== JSON.stringify(order)) faults.push(`agents complete as ${JSON.stringify(done)}`);
    let step = 0;
    let isRunning = false;
    for (const frame of told.filter(({ type, agent }) => type === 'progress' && agent === 'executor-agent')) {
      const { status } = frame;
      if (status === 'running') {
        if (isRunning || frame['step'] !== step + 1) faults.push(`step ${String(frame['step'])} runs after ${step}`);
        step = Number(frame['step']);
      } else if (!isRunning || frame['step'] !== step)
        faults.push(`step ${String(frame['step'])} is ${String(status)} out of turn`);
      isRunning = status === 'running';
    }
    if (isRunning) faults.push(`step ${step} never ends`);
    return faults;
  },
};
