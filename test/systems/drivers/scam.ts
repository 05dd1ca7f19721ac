/** scam-analysis: a socket for each task; bar = percent / 100. */
import { falls, openWatcher, post, type Frame, type SystemDriver } from './system-driver.ts';

const steps = [
  'entity_extraction',
  'scam_db',
  'exa_search',
  'domain_reputation',
  'phone_validator',
  'reasoning',
  'completed',
];

const quick = 'URGENT: call +1 202 555 0114';
const slow = Array.from(
  { length: 18 },
  (_, index) =>
    `visit http://shop-${index}.xyz/pay, write to help${index}@mail-${index}.top or call +1 202 555 01${index + 10}`,
).join('\n');

export const scam: SystemDriver = {
  name: 'scam',
  settings: {},
  kinds: ['quick', 'slow'],
  waitsForRun: true,
  tellsHistory: true,
  resumes: false,
  async start(base, id, kind) {
    await post(base, '/api/scam/analyze', { text: kind === 'quick' ? quick : slow, task_id: id }, [202]);
    return id;
  },
  watch: (base, id) =>
    openWatcher(`${base}/ws/agent-progress/${id}`, {
      isStory: ({ step }) => step !== undefined && step !== 'connected',
      isEnd: ({ step }) => step === 'completed' || step === 'failed',
    }),
  cancel: async (base, id) => (await post(base, `/api/scam/tasks/${id}/cancel`, {}, [202, 404, 409])).status,
  progressOf: ({ step, percent }) => (step === undefined || step === 'connected' ? undefined : Number(percent)),
  broken(frames) {
    const faults: string[] = [];
    if (frames[0]?.['step'] !== 'connected') faults.push('the first frame is not connected');
    const told = frames.filter(({ step, heartbeat }) => step !== 'connected' && heartbeat !== true);
    const percents = told.map(({ percent }) => Number(percent));
    if ((percents[0] ?? 100) > 10) faults.push(`the first percent is ${percents[0]}`);
    if (told.some(({ percent }) => !Number.isInteger(percent))) faults.push('a percent is no integer');
    const ends = told.filter(isEnd);
    if (ends.length !== 1 || !isEnd(told.at(-1) ?? {}))
      faults.push(`${ends.length} ends, the last frame is ${JSON.stringify(told.at(-1))}`);
    if (told.at(-1)?.['step'] === 'completed' && percents.at(-1) !== 100) faults.push('completed is not 100');
    const places = told.filter(({ step }) => step !== 'failed').map(({ step }) => steps.indexOf(String(step)));
    if (places.includes(-1)) faults.push('a step has another name');
    for (const frame of told) {
      const { tool, message, timestamp, error } = frame;
      const isWhole = (tool === null || typeof tool === 'string') && typeof error === 'boolean' && message !== '';
      if (!isWhole || !/^\d{4}-.*\.\d{3}Z$/.test(String(timestamp))) faults.push(`not whole: ${JSON.stringify(frame)}`);
    }
    return [...faults, ...falls(percents, 'percent'), ...falls(places, 'the order of steps')];
  },
};

function isEnd({ step }: Frame): boolean {
  return step === 'completed' || step === 'failed';
}
