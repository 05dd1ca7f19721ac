/** mgx-tasks: creates a task, opens its socket, which starts it, and prints what comes. */
import { falls, holes, openWatcher, post, type Frame, type SystemDriver } from './system-driver.ts';

const dataOf = (frame: Frame) => (frame['data'] ?? {}) as Frame;
const ended = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

export const mgx: SystemDriver = {
  name: 'mgx',
  settings: { MGX_TEST_PACE_MS: '250' },
  kinds: ['slow'],
  waitsForRun: false,
  tellsHistory: true,
  resumes: true,
  async start(base) {
    const { body } = await post(
      base,
      '/api/tasks',
      { input_prompt: 'A page that lists my books and authors' },
      [200, 201],
    );
    return String(body['id']);
  },
  watch: (base, id, after) =>
    openWatcher(`${base}/ws/tasks/${id}${after === undefined ? '' : `?after=${after}`}`, {
      isStory: ({ type }) => type === 'event',
      isEnd: (frame) => frame['type'] === 'state' && ended.has(String(dataOf(frame)['status'])),
      endsByClose: true,
      cursorOf: (frame) => (frame['type'] === 'event' ? Number(dataOf(frame)['event_id']) : undefined),
    }),
  cancel: async (base, id) => (await post(base, `/api/tasks/${id}/cancel`, {}, [202, 404, 409])).status,
  progressOf: (frame) => (frame['type'] === 'state' ? Number(dataOf(frame)['progress']) : undefined),
  broken(frames) {
    const faults: string[] = [];
    if (frames[0]?.['type'] !== 'connected') faults.push('the first frame is not connected');
    if (frames[1]?.['type'] !== 'state') faults.push('the second frame is not state');
    const types = new Set(frames.map(({ type }) => type));
    for (const type of types)
      if (!['connected', 'event', 'state', 'error'].includes(String(type))) faults.push(`type ${String(type)}`);
    const events = frames.filter(({ type }) => type === 'event').map(dataOf);
    const states = frames.filter(({ type }) => type === 'state').map(dataOf);
    const last = events.at(-1)?.['event_type'];
    if (last !== 'TASK_FINISHED' && last !== 'ERROR') faults.push(`the last event is ${String(last)}`);
    if (!ended.has(String(states.at(-1)?.['status']))) faults.push('the last state has not ended');
    if (states.at(-1)?.['status'] === 'COMPLETED' && states.at(-1)?.['progress'] !== 1)
      faults.push('completed is not 1');
    return [
      ...faults,
      ...holes(
        events.map(({ event_id }) => Number(event_id)),
        'event_id',
      ),
      ...falls(
        states.map(({ progress }) => Number(progress)),
        'progress',
      ),
    ];
  },
};
