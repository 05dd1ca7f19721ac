import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventType, RunEvent } from '../../../protocol/schemas/event.ts';
import { eventTypes } from '../../../protocol/schemas/event.ts';
import { roles } from '../../../workflows/mgx-tasks/contract.ts';
import type { TaskMessage } from './messages.ts';
import { taskObject, type TaskState } from './task-state.ts';
import { translation } from './translation.ts';

const at = '2026-01-05T11:00:03.100Z';
const input = { prompt: 'A page that lists my books', title: null, testMode: false };

type Part = [EventType, Partial<RunEvent>?];

const log = (parts: readonly Part[], first = 1): RunEvent[] =>
  parts.map(([type, more = {}], index) => ({ seq: first + index, at, recordedAt: at, type, data: {}, ...more }));

/** What a log tells, and the task after it. */
function tell(events: readonly RunEvent[], from?: TaskState): { messages: TaskMessage[]; task: TaskState } {
  const messages: TaskMessage[] = [];
  let task = from ?? translation.initial({ id: 'mgx:tk-7f2', client: 'tk-7f2' });
  for (const event of events) {
    const step = translation.event(task, event);
    task = step.state;
    messages.push(...step.messages);
  }
  return { messages, task };
}

const held: Part = ['run.started', { data: { blueprint: 'mgx-tasks', input, hold: true } }];
const begun: Part = ['run.begun', { data: { by: 'anonymous' } }];
const working: Part[] = [held, begun];
const architect = { agent: 'mgx-architect', step: 'mgx-architect#1', attempt: 1 };
const stored = { ref: 'b-1', bytes: 3, type: 'application/json' };
const artifact = {
  kind: 'mgx.artifact',
  name: 'files.json',
  message: 'File list ready',
  content: '[…]',
  media_type: 'application/json',
  stored,
};
const event = (data: object) => ({
  type: 'event',
  data: { task_id: 'tk-7f2', run_id: 'r-1', agent_role: null, payload: {}, timestamp: at, ...data },
});
const state = (data: object) => ({
  type: 'state',
  data: { task_id: 'tk-7f2', status: 'RUNNING', progress: 0, current_agent: null, updated_at: at, ...data },
});

describe('each message of the contract', () => {
  test('a task that was created and not begun is the task object of the contract, and tells nothing', () => {
    const { messages, task } = tell(log([held]));
    expect(messages).toEqual([]);
    expect(taskObject(task)).toEqual({
      id: 'tk-7f2',
      title: null,
      input_prompt: 'A page that lists my books',
      status: 'PENDING',
      progress: 0,
      current_agent: null,
      run_id: null,
      result: null,
      error: null,
      created_at: at,
      updated_at: at,
      started_at: null,
      finished_at: null,
    });
  });

  test('TASK_STARTED, then a state, when it is begun', () => {
    const payload = { title: null, test_mode: false };
    expect(tell(log(working)).messages).toEqual([
      event({ event_id: 1, event_type: 'TASK_STARTED', message: 'Task started', payload }),
      state({}),
    ]);
  });

  test('AGENT_STARTED and AGENT_FINISHED, each with a state right after it', () => {
    const { messages } = tell(
      log([
        ...working,
        ['agent.started', architect],
        ['agent.progressed', { ...architect, data: { fraction: 0, message: 'starting' } }],
        ['agent.progressed', { ...architect, data: { fraction: 1, message: 'done' } }],
        ['agent.completed', { ...architect, data: { result: { summary: '8 files' } } }],
      ]),
    );
    expect(messages.slice(2)).toEqual([
      event({ event_id: 2, event_type: 'AGENT_STARTED', agent_role: 'Architect', message: 'Architect is at work' }),
      state({ current_agent: 'Architect' }),
      state({ progress: 0.2, current_agent: 'Architect' }),
      event({ event_id: 3, event_type: 'AGENT_FINISHED', agent_role: 'Architect', message: '8 files' }),
      state({ progress: 0.4, current_agent: 'Architect' }),
    ]);
  });

  test('ARTIFACT with name, content and the address of its bytes, and MESSAGE with its facts', () => {
    const { messages } = tell(
      log([
        ...working,
        ['agent.emitted', { ...architect, data: artifact }],
        ['agent.emitted', { ...architect, data: { kind: 'mgx.message', text: 'Reading', characters: 26 } }],
      ]),
    );
    const payload = {
      name: 'files.json',
      content: '[…]',
      media_type: 'application/json',
      bytes: 3,
      url: '/v1/runs/mgx%3Atk-7f2/blobs/b-1',
    };
    const role = { agent_role: 'Architect' };
    expect(messages.slice(2)).toEqual([
      event({ event_id: 2, event_type: 'ARTIFACT', ...role, message: 'File list ready', payload }),
      event({ event_id: 3, event_type: 'MESSAGE', ...role, message: 'Reading', payload: { characters: 26 } }),
    ]);
  });

  test('TASK_FINISHED with the result, then the last state at 1', () => {
    const artifacts = [{ name: 'files.json', blob: stored }];
    const { messages, task } = tell(
      log([...working, ['run.completed', { data: { result: { summary: 'done', artifacts } } }]]),
    );
    const result = {
      summary: 'done',
      artifacts: [
        {
          name: 'files.json',
          media_type: 'application/json',
          bytes: 3,
          url: '/v1/runs/mgx%3Atk-7f2/blobs/b-1',
        },
      ],
    };
    const payload = { status: 'COMPLETED', result };
    expect(messages.slice(2)).toEqual([
      event({ event_id: 2, event_type: 'TASK_FINISHED', message: 'Task completed', payload }),
      state({ status: 'COMPLETED', progress: 1 }),
    ]);
    expect(taskObject(task)).toMatchObject({ status: 'COMPLETED', progress: 1, result, finished_at: at });
  });

  test('ERROR, an error frame, then the state FAILED; the failed role raises no progress', () => {
    const error = { code: 'agent_failed', message: 'it broke', step: 'mgx-architect#1' };
    const { messages, task } = tell(
      log([
        ...working,
        ['agent.started', architect],
        ['agent.progressed', { ...architect, data: { fraction: 1, message: '✖ it broke' } }],
        ['agent.failed', { ...architect, data: { error } }],
        ['run.failed', { data: { error } }],
      ]),
    );
    const payload = { status: 'FAILED', code: 'agent_failed' };
    expect(messages.slice(4)).toEqual([
      event({ event_id: 3, event_type: 'ERROR', agent_role: 'Architect', message: 'it broke', payload }),
      { type: 'error', data: { code: 'agent_failed', message: 'it broke' } },
      state({ status: 'FAILED' }),
    ]);
    expect(taskObject(task)).toMatchObject({ status: 'FAILED', error: 'it broke', result: null });
  });

  test('a cancel: a MESSAGE of who asked, TASK_FINISHED with {"status":"CANCELLED"}, the state', () => {
    const { messages } = tell(
      log([
        ...working,
        ['run.cancelling', { data: { by: 'ann', reason: null, mode: 'graceful' } }],
        ['run.cancelled', { data: { by: 'ann', reason: null } }],
      ]),
    );
    const payload = { by: 'ann', reason: null };
    expect(messages.slice(2)).toEqual([
      event({ event_id: 2, event_type: 'MESSAGE', message: 'Cancel requested by ann', payload }),
      event({
        event_id: 3,
        event_type: 'TASK_FINISHED',
        message: 'Task cancelled by ann',
        payload: { status: 'CANCELLED' },
      }),
      state({ status: 'CANCELLED' }),
    ]);
  });
});

describe('the life of a task', () => {
  const failed: Part[] = [...working, ['run.failed', { data: { error: { code: 'agent_failed', message: 'no' } } }]];

  test('a retry is PENDING again with a new run_id, and event_id goes on', () => {
    const before = tell(log(failed)).task;
    const held2: Part = ['run.continued', { data: { input, hold: true, by: 'ann' } }];
    const retried = tell(log([held2], 4), before);
    expect(taskObject(retried.task)).toMatchObject({
      status: 'PENDING',
      progress: 0,
      run_id: 'r-2',
      error: null,
      started_at: null,
      finished_at: null,
      created_at: at,
    });
    const again = tell(log([begun], 5), retried.task);
    expect(again.messages[0]).toMatchObject({ data: { event_id: 3, event_type: 'TASK_STARTED', run_id: 'r-2' } });
  });

  test('a run that was started, retried or reset natively is at work at once', () => {
    const started = tell(log([['run.started', { data: { input } }]]));
    expect(started.messages[0]).toMatchObject({ data: { event_type: 'TASK_STARTED', run_id: 'r-1' } });
    const retried = tell(log([...failed, ['run.retried', { data: {} }]]));
    expect(taskObject(retried.task)).toMatchObject({ status: 'RUNNING', run_id: 'r-2', progress: 0 });
    const reset = tell(log([...failed, ['run.reset', { data: { toStep: 'mgx-engineer#1', edits: null } }]]));
    expect(taskObject(reset.task)).toMatchObject({ status: 'RUNNING', run_id: 'r-2', progress: 0.5 });
    const edited = { toStep: 'mgx-engineer#1', edits: { input: { ...input, prompt: 'other' } } };
    expect(tell(log([...failed, ['run.reset', { data: edited }]])).task.prompt).toBe('other');
  });

  test('what an attempt repeats is told once, and that it was repeated is told', () => {
    const second = { ...architect, attempt: 2 };
    const said = { kind: 'mgx.message', text: 'Reading' };
    const { messages } = tell(
      log([
        ...working,
        ['agent.started', architect],
        ['agent.emitted', { ...architect, data: said }],
        ['agent.emitted', { ...architect, data: said }],
        ['agent.attempt_failed', { ...architect, data: { code: 'agent_failed', message: 'a hiccup' } }],
        ['agent.emitted', { ...second, data: said }],
        ['agent.emitted', { ...second, data: artifact }],
      ]),
    );
    expect(messages.flatMap((message) => (message.type === 'event' ? message.data.message : []))).toEqual([
      'Task started',
      'Architect is at work',
      'Reading',
      'Reading',
      'Attempt 1 failed and is repeated: a hiccup',
      'File list ready',
    ]);
  });

  test('a terminated run is CANCELLED, one that timed out FAILED', () => {
    const end = (type: EventType) => tell(log([...working, [type, { data: { reason: 'stuck' } }]])).task.status;
    expect(end('run.terminated')).toBe('CANCELLED');
    expect(end('run.timed_out')).toBe('FAILED');
  });

  test('where the beginning of the log is past retention, ids stay above all that can have been told', () => {
    const { messages, task } = tell(log([['run.continued', { data: { input } }]], 40));
    expect(messages[0]).toMatchObject({ data: { event_id: 40, event_type: 'TASK_STARTED' } });
    expect(taskObject(task)).toMatchObject({ input_prompt: input.prompt, created_at: at });
  });
});

test('whatever a log holds: ids count up, messages are non-empty, progress never falls within a run, nothing throws', () => {
  const junk = fc.dictionary(
    fc.constantFrom(
      'kind',
      'text',
      'name',
      'input',
      'fraction',
      'error',
      'result',
      'hold',
      'stored',
      'toStep',
      'edits',
    ),
    fc.oneof(fc.jsonValue(), fc.constantFrom('mgx.message', 'mgx.artifact', true, input, 0.5)),
  );
  const anyEvent = fc.record({
    type: fc.constantFrom(...eventTypes),
    agent: fc.option(fc.constantFrom(...roles.map(({ agent }) => agent), 'stranger'), { nil: undefined }),
    attempt: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    data: junk,
  });
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (parts) => {
      const events = parts.map(({ agent, attempt, ...part }, index) => ({
        seq: index + 1,
        at,
        recordedAt: at,
        ...part,
        ...(agent === undefined ? {} : { agent, step: `${agent}#1` }),
        ...(attempt === undefined ? {} : { attempt }),
      }));
      let task = translation.initial({ id: 'mgx:t', client: 't' });
      let eventId = 0;
      for (const each of events) {
        const before = task;
        const step = translation.event(task, each);
        task = step.state;
        for (const message of step.messages) {
          expect(() => translation.encode(message)).not.toThrow();
          if (message.type !== 'event') continue;
          expect(message.data.event_id).toBe(++eventId);
          expect(message.data.message.trim()).not.toBe('');
        }
        expect(step.messages.filter(({ type }) => type === 'event').length).toBeLessThanOrEqual(1);
        expect(task.progress).toBeGreaterThanOrEqual(0);
        expect(task.progress).toBeLessThanOrEqual(1);
        if (task.execution === before.execution) expect(task.progress).toBeGreaterThanOrEqual(before.progress);
        if (task.status === 'COMPLETED' && before.status !== 'COMPLETED') expect(task.progress).toBe(1);
      }
    }),
    { numRuns: 300 },
  );
});
