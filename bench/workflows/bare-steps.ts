/** Calls two activities in turn, as the blueprint `bench-steps` does, and writes as much or as little as it is told. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { proxyActivities, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { heartbeatTimeoutMs } from '../../protocol/limits.ts';

/** What is written with each step besides the activity itself. */
export type Upsert = 'none' | 'memo' | 'attributes' | 'both' | 'argument' | 'argument-attributes';

type Step = (input: { index: number }, batch?: unknown) => Promise<unknown>;

const { even, odd } = proxyActivities<{ even: Step; odd: Step }>({
  startToCloseTimeout: 600_000,
  heartbeatTimeout: heartbeatTimeoutMs,
  retry: { maximumAttempts: 3, initialInterval: 500, maximumInterval: '30s' },
});

const agentKey = defineSearchAttributeKey('BatonAgent', SearchAttributeType.KEYWORD_LIST);

export async function bareSteps({ steps, upsert }: { steps: number; upsert: Upsert }): Promise<unknown> {
  let result: unknown = null;
  for (let index = 0; index < steps; index++) {
    const agent = index % 2 === 0 ? 'even' : 'odd';
    const call = agent === 'even' ? even : odd;
    const batch = upsert === 'none' || upsert === 'attributes' ? undefined : batchOf(index, agent);
    const rides = upsert === 'argument' || upsert === 'argument-attributes';
    const pending = rides ? call({ index }, batch) : call({ index });
    if (upsert === 'memo' || upsert === 'both') upsertMemo({ batch, face: faceOf(index, agent) });
    if (upsert === 'attributes' || upsert === 'both' || upsert === 'argument-attributes')
      upsertSearchAttributes([{ key: agentKey, value: [agent] }]);
    result = await pending;
  }
  return result;
}

/** The five events of a step in Baton's log, of their size. */
function batchOf(index: number, agent: string): unknown {
  const at = '2026-01-01T00:00:00.000Z';
  const step = `bench-${agent}#${index + 1}`;
  const place = { at, agent: `bench-${agent}`, step, attempt: 1 };
  return {
    first: index * 5,
    events: [
      { type: 'agent.progressed', ...place, data: { fraction: 1, message: 'done' } },
      { type: 'agent.completed', ...place, data: { result: { done: true }, resultBytes: 13, durationMs: 12 } },
      { type: 'supervisor.decided', at, data: { iteration: index, goto: `bench-${agent}`, reason: 'the next step' } },
      { type: 'agent.started', ...place, data: {} },
      { type: 'agent.progressed', ...place, data: { fraction: 0, message: 'starting' } },
    ],
  };
}

function faceOf(index: number, agent: string): unknown {
  return {
    blueprint: 'bench-steps',
    status: 'running',
    owner: null,
    current: [`bench-${agent}#${index + 1}`],
    progress: 0,
    openQuestions: [],
    lastSeq: index * 5,
  };
}
