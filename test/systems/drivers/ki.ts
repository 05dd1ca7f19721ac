/** ki-autoagent: listens on /ws/chat and draws bars. */
import { falls, holes, openWatcher, post, type Frame, type SystemDriver } from './system-driver.ts';

const numbered = new Set([
  'supervisor_decision',
  'command_routing',
  'agent_start',
  'mcp_progress',
  'agent_complete',
  'research_request',
  'hitl_request',
]);

export const ki: SystemDriver = {
  name: 'ki',
  settings: {},
  kinds: ['quick', 'slow', 'asks', 'expires'],
  asking: {
    isAsked: ({ type }) => type === 'hitl_request',
    answer: async (base, id, { request_id }) =>
      (await post(base, `/api/sessions/${id}/hitl`, { request_id, decision: 'approve' }, [202, 409])).status,
    answerWrongly: async (base, id, { request_id }) =>
      (await post(base, `/api/sessions/${id}/hitl`, { request_id, decision: 'perhaps' }, [422])).status,
  },
  waitsForRun: true,
  tellsHistory: true,
  resumes: true,
  async start(base, id, kind) {
    const message = kind === 'quick' ? 'what is this project?' : 'build a service that keeps notes';
    const options = {
      auto_approve: kind !== 'asks' && kind !== 'expires',
      ...(kind === 'expires' ? { hitl_timeout_seconds: 1 } : {}),
    };
    await post(base, '/api/sessions', { message, session_id: id, ...options }, [202]);
    return id;
  },
  watch: (base, id, after) =>
    openWatcher(`${base}/ws/chat?session_id=${id}${after === undefined ? '' : `&after=${after}`}`, {
      isStory: ({ type }) => numbered.has(String(type)) || type === 'workflow_complete' || type === 'hitl_resolved',
      isEnd: ({ type }) => type === 'workflow_complete',
      cursorOf: ({ seq }) => (typeof seq === 'number' ? seq : undefined),
    }),
  cancel: async (base, id) => (await post(base, `/api/sessions/${id}/cancel`, {}, [202, 404, 409])).status,
  broken(frames) {
    const told = frames.filter(({ type }) => numbered.has(String(type)));
    const faults = holes(
      told.map(({ seq }) => Number(seq)),
      'seq',
    );
    if (frames[0]?.['type'] !== 'connected') faults.push('the first frame is not connected');
    const ends = frames.filter(({ type }) => type === 'workflow_complete');
    if (ends.length !== 1) faults.push(`${ends.length} workflow_complete`);
    if (frames.at(-1)?.['type'] !== 'workflow_complete') faults.push('something follows workflow_complete');
    const iterations = told
      .filter(({ type }) => type === 'supervisor_decision')
      .map(({ iteration }) => Number(iteration));
    return [...faults, ...holes(iterations, 'iteration'), ...brokenBars(told), ...brokenCopies(frames)];
  },
};

/** Between its start and its end, each bar goes from 0.0 to 1.0 over at least four values. */
function brokenBars(told: readonly Frame[]): string[] {
  const bars = new Map<string, number[]>();
  const faults: string[] = [];
  for (const frame of told) {
    const { type } = frame;
    const agent = String(frame['server'] ?? frame['agent']);
    if (type === 'agent_start') bars.set(agent, []);
    if (type === 'mcp_progress') {
      if (!bars.has(agent)) faults.push(`${agent} moves before it starts`);
      bars.get(agent)?.push(Number(frame['progress']));
      if (frame['message'] === '') faults.push(`${agent} says nothing`);
    }
    if (type === 'agent_complete') {
      const values = bars.get(agent) ?? [];
      if (values[0] !== 0) faults.push(`${agent} begins at ${values[0]}`);
      if (values.at(-1) !== 1) faults.push(`${agent} completes at ${values.at(-1)}`);
      if (frame['status'] === 'ok' && new Set(values).size < 4)
        faults.push(`${agent} has ${new Set(values).size} values`);
      if (values.some((value) => value < 0 || value > 1)) faults.push(`${agent} leaves [0, 1]`);
      faults.push(...falls(values, agent));
      bars.delete(agent);
    }
  }
  return faults;
}

/** Each mcp_progress is followed by its copy of four keys. */
function brokenCopies(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame, index) => {
    if (frame['type'] !== 'mcp_progress') return [];
    const copy = frames[index + 1];
    const { server, message, progress } = frame;
    const expected = { type: 'progress', server, message, progress };
    return JSON.stringify(copy) === JSON.stringify(expected) ? [] : [`no copy after ${JSON.stringify(frame)}`];
  });
}
