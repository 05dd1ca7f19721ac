import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answered,
  asked,
  at,
  codesmith,
  decided,
  eventOf,
  person,
  play,
  progressed,
  research,
  session,
  type Draft,
} from '../../../test/fixtures/ki-log.ts';
import { initialState } from './ki-state.ts';
import { sizeText } from './message.ts';
import { kiTranslation } from './translation.ts';

const jumpedBack: Draft = { type: 'agent.completed', agent: 'architect_agent', step: 'architect_agent#0', data: {} };
const place = { timestamp: at, session_id: session };

describe('each message of the contract', () => {
  test('supervisor_decision and command_routing come from a decision; to finish is to jump to the end, with which it is told', () => {
    const completed = { type: 'run.completed', data: { result: { status: 'completed' } } };
    expect(play(decided('architect_agent', 2)).messages).toHaveLength(2);
    expect(play(decided('end', 3)).messages).toHaveLength(1);
    expect(play(decided('architect_agent', 2), jumpedBack, decided('end', 3), completed).messages).toEqual([
      { type: 'supervisor_decision', decision: 'architect', reason: 'it is next', iteration: 2, ...place, seq: 1 },
      {
        type: 'command_routing',
        from_node: 'supervisor',
        to_node: 'architect',
        command: { goto: 'architect', update: { last_agent: 'supervisor', iteration: 2 } },
        ...place,
        seq: 2,
      },
      expect.objectContaining({ from_node: 'architect', to_node: 'supervisor', seq: 3 }),
      { type: 'supervisor_decision', decision: 'finish', reason: 'it is next', iteration: 3, ...place, seq: 4 },
      {
        type: 'command_routing',
        from_node: 'supervisor',
        to_node: 'end',
        command: { goto: 'end', update: { last_agent: 'supervisor', iteration: 3 } },
        ...place,
        seq: 5,
      },
      {
        type: 'workflow_complete',
        session_id: 's-41',
        status: 'completed',
        result: { status: 'completed' },
        error: null,
        timestamp: at,
      },
    ]);
  });

  test('agent_start, mcp_progress with its copy of four keys, agent_complete, and the jump back', () => {
    const { texts } = play(
      { type: 'agent.started', ...research, data: { instructions: 'Study it' } },
      progressed(research, 0, 'Study it'),
      progressed(research, 1, 'done'),
      {
        type: 'agent.completed',
        ...research,
        data: { result: { summary: 'Found 4 technologies, 9 best practices' }, resultBytes: 1_850, durationMs: 2_870 },
      },
    );
    const tail = (seq: number) => `"timestamp":"${at}","session_id":"s-41","seq":${seq}}`;
    expect(texts).toEqual([
      `{"type":"agent_start","agent":"research_agent","agent_name":"Research Agent","instructions":"Study it",${tail(1)}`,
      `{"type":"mcp_progress","server":"research_agent","message":"Study it","progress":0.0,${tail(2)}`,
      `{"type":"progress","server":"research_agent","message":"Study it","progress":0.0}`,
      `{"type":"mcp_progress","server":"research_agent","message":"done","progress":1.0,${tail(3)}`,
      `{"type":"progress","server":"research_agent","message":"done","progress":1.0}`,
      `{"type":"agent_complete","agent":"research_agent","agent_name":"Research Agent",` +
        `"result_summary":"Found 4 technologies, 9 best practices","result_size":"1.8 KB","duration_ms":2870,"status":"ok",${tail(4)}`,
      `{"type":"command_routing","from_node":"research","to_node":"supervisor",` +
        `"command":{"goto":"supervisor","update":{"last_agent":"research","iteration":0}},${tail(5)}`,
    ]);
  });

  test('a failed agent reaches 1.0 with an error sign, and says what went wrong', () => {
    const { messages } = play(
      { type: 'agent.started', ...research },
      progressed(research, 1, '✖ no such folder'),
      {
        type: 'agent.failed',
        ...research,
        data: { error: { code: 'workspace_not_found', message: 'no such folder' }, durationMs: 12 },
      },
      { type: 'run.failed', data: { error: { code: 'workspace_not_found', message: 'no such folder' } } },
    );
    expect(messages.slice(1)).toMatchObject([
      { type: 'mcp_progress', progress: 1, message: '❌ no such folder' },
      { type: 'progress', progress: 1 },
      { type: 'agent_complete', status: 'failed', error: 'no such folder', duration_ms: 12 },
      { type: 'command_routing', from_node: 'research', to_node: 'end' },
      {
        type: 'workflow_complete',
        status: 'failed',
        result: null,
        error: { code: 'workspace_not_found', message: 'no such folder' },
      },
    ]);
  });

  test('research_request, and the way to the research agent and back without an iteration', () => {
    const delegated = { ...research, step: 'research_agent#2' };
    const request: Draft = {
      type: 'agent.emitted',
      ...codesmith,
      data: { kind: 'ki.research_request', query: 'errors in express', request: 1 },
    };
    const { messages } = play(
      decided('codesmith_agent', 4),
      { type: 'agent.started', ...codesmith },
      request,
      request,
      { type: 'supervisor.routed', step: codesmith.step, data: { from: 'codesmith_agent', to: 'research_agent' } },
      { type: 'agent.started', ...delegated },
      {
        type: 'agent.completed',
        ...delegated,
        data: { result: { summary: 'Found 1 technologies, 4 best practices' } },
      },
      { type: 'supervisor.routed', step: codesmith.step, data: { from: 'research_agent', to: 'codesmith_agent' } },
      { type: 'agent.completed', ...codesmith },
    );
    const told = messages.map((message) =>
      message.type === 'command_routing'
        ? `${message.from_node} > ${message.to_node} (${message.command.update.iteration})`
        : message.type,
    );
    expect(told).toEqual([
      'supervisor_decision',
      'supervisor > codesmith (4)',
      'agent_start',
      'research_request',
      'codesmith > research (4)',
      'agent_start',
      'agent_complete',
      'research > codesmith (4)',
      'agent_complete',
      'codesmith > supervisor (4)',
    ]);
    expect(messages[3]).toMatchObject({ agent: 'codesmith_agent', query: 'errors in express' });
  });

  test('hitl_request and what becomes of it; the person has no bar', () => {
    const { messages, state } = play(
      { type: 'agent.started', ...person },
      progressed(person, 0, 'ask'),
      asked,
      answered('revise'),
      { type: 'agent.completed', ...person },
    );
    expect(messages).toEqual([
      {
        type: 'hitl_request',
        request_type: 'approve_architecture',
        message: 'Shall I go on with this layout?',
        context: { proposed_structure: { src: ['index.ts'] }, reasoning: 'one entry file is enough' },
        timeout_seconds: 300,
        request_id: 'hitl-1',
        ...place,
        seq: 1,
      },
      { type: 'hitl_resolved', request_id: 'hitl-1', decision: 'revise', by: 'client', session_id: 's-41' },
      expect.objectContaining({ type: 'command_routing', from_node: 'hitl', to_node: 'supervisor', seq: 2 }),
    ]);
    expect(state.status).toBe('running');
  });

  test('a question that nobody answers is resolved by the time', () => {
    const expired: Draft = {
      type: 'question.expired',
      data: { question: 'q-9', then: 'default', answer: { decision: 'reject' } },
    };
    const { messages } = play(asked, expired, { type: 'run.cancelled' });
    expect(messages[1]).toMatchObject({ type: 'hitl_resolved', by: 'timeout', decision: 'reject' });
    expect(play(asked).state.status).toBe('waiting_hitl');
  });
});

test('whatever progress the log has, a bar stays in [0, 1], never falls, and is written with a decimal point', () => {
  const fraction = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(200, -1, Number.NaN, 1, 0));
  fc.assert(
    fc.property(fc.array(fraction, { minLength: 1 }), (fractions) => {
      const drafts = fractions.map((each) => progressed(research, each, 'at work'));
      const { messages, texts } = play({ type: 'agent.started', ...research }, ...drafts);
      const values = messages.flatMap((message) => (message.type === 'mcp_progress' ? message.progress : []));
      expect(values).toEqual(values.toSorted((a, b) => a - b));
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
      for (const text of texts.slice(1)) expect(text).toMatch(/"progress":[01]\.\d+[,}]/);
      for (const text of texts) expect(() => JSON.parse(text) as unknown).not.toThrow();
    }),
  );
});

test('no event makes it throw, and its states are not changed in place', () => {
  const types = [
    'run.started',
    'agent.started',
    'agent.completed',
    'agent.failed',
    'agent.progressed',
    'question.asked',
  ];
  const more = [
    'question.answered',
    'question.expired',
    'supervisor.decided',
    'supervisor.routed',
    'run.completed',
    'run.failed',
    'agent.emitted',
    'constructor',
  ];
  const draft = fc.record({
    type: fc.constantFrom(...types, ...more),
    agent: fc.constantFrom('research_agent', 'hitl_agent', 'x'),
    step: fc.constantFrom('a#1', 'a#2'),
    data: fc.dictionary(
      fc.constantFrom('question', 'result', 'error', 'goto', 'fraction', 'kind', 'input'),
      fc.jsonValue(),
    ),
  });
  fc.assert(
    fc.property(fc.array(draft), (drafts) => {
      let state = initialState('s');
      for (const [index, each] of drafts.entries()) {
        const before = JSON.stringify(state);
        const next = kiTranslation.event(state, eventOf(each, index + 1));
        expect(JSON.stringify(state)).toBe(before);
        state = next.state;
      }
    }),
  );
});

test('live text of a model is told without a number', () => {
  const frame = { agent: 'codesmith_agent', step: 'codesmith_agent#1', attempt: 1, at, text: 'const ' };
  expect(kiTranslation.live?.(initialState('s-41'), frame)).toEqual([
    { type: 'agent_text', agent: 'codesmith_agent', text: 'const ', session_id: 's-41' },
  ]);
});

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1.0 KB'],
  [1_850, '1.8 KB'],
  [1_048_575, '1.0 MB'],
  [5 * 1_048_576, '5.0 MB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
