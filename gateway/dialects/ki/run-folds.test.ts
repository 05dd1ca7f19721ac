import { expect, test } from 'vitest';
import {
  answered,
  asked,
  at,
  decided,
  person,
  play,
  progressed,
  research,
  started,
  type Draft,
} from '../../../test/fixtures/ki-log.ts';

test.each([
  ['completed', { type: 'run.completed', data: { result: { status: 'completed', code: {} } } }, null],
  ['rejected', { type: 'run.completed', data: { result: { status: 'rejected' } } }, null],
  ['timed_out', { type: 'run.completed', data: { result: { status: 'timed_out' } } }, null],
  ['cancelled', { type: 'run.cancelled' }, null],
  ['cancelled', { type: 'run.terminated' }, null],
  ['failed', { type: 'run.failed', data: { error: { code: 'iteration_limit', message: '20' } } }, 'iteration_limit'],
  ['failed', { type: 'run.failed', data: { error: { code: 'mcp_crashed', message: 'gone' } } }, 'agent_failed'],
  ['failed', { type: 'run.timed_out' }, 'wall_time_limit'],
])('workflow_complete says %s', (status, ending, code) => {
  const { messages, state } = play(started, ending);
  expect(messages).toEqual([
    expect.objectContaining({ type: 'command_routing', from_node: 'supervisor', to_node: 'end', seq: 1 }),
    expect.objectContaining({ type: 'workflow_complete', status, session_id: 's-41', timestamp: at }),
  ]);
  expect(messages[1]).toMatchObject({ error: code === null ? null : { code } });
  expect(state).toMatchObject({ status, finishedAt: at });
});

test('an agent at work when the run is terminated gets its 1.0 and its end first', () => {
  const ended = play({ type: 'agent.started', ...research }, progressed(research, 0.3, 'reading'), {
    type: 'run.terminated',
  });
  expect(ended.messages.slice(3).map(({ type }) => type)).toEqual([
    'mcp_progress',
    'progress',
    'agent_complete',
    'command_routing',
    'workflow_complete',
  ]);
  expect(ended.messages.at(-2)).toMatchObject({ from_node: 'research', to_node: 'end' });
});

test('a run that is ended while a person is asked goes from there to the end; what was decided before is told first', () => {
  const { messages } = play(
    decided('hitl_agent', 3),
    { type: 'agent.started', ...person },
    asked,
    answered('approve'),
    { type: 'run.cancelled' },
  );
  expect(messages.slice(3)).toMatchObject([
    { type: 'hitl_resolved', decision: 'approve', by: 'client' },
    { type: 'command_routing', from_node: 'hitl', to_node: 'end', seq: 4 },
    { type: 'workflow_complete', status: 'cancelled' },
  ]);
});

test('the next chat begins at iteration 1 again, and its numbers go on', () => {
  const { messages, state } = play(
    started,
    decided('end', 1),
    { type: 'run.completed', data: { result: { status: 'completed' } } },
    { type: 'run.continued', data: { input: { message: 'y', workspacePath: '/tmp/w' } } },
    decided('research_agent', 1),
  );
  expect(messages.flatMap((message) => ('seq' in message ? message.seq : []))).toEqual([1, 2, 3, 4]);
  expect(state).toMatchObject({ status: 'running', iteration: 1, beganAt: 4, workspacePath: '/tmp/w', result: null });
});

test('a run on hold is idle until it is begun', () => {
  const held: Draft = { type: 'run.started', data: { hold: true, input: { message: 'x' } } };
  expect([play(held).state.status, play(held, { type: 'run.begun' }).state.status]).toEqual(['idle', 'running']);
});
