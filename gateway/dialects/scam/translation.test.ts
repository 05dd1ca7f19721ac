import { describe, expect, test } from 'vitest';
import type { EventType, RunEvent } from '../../../protocol/schemas/event.ts';
import { connectedFrame, faultFrame, heartbeatFrame } from './record.ts';
import { translation, type ScamMessage, type ScamTask } from './translation.ts';

const at = '2026-01-05T10:00:02.250Z';

function eventsOf(entries: readonly [EventType, Record<string, unknown>?][]): RunEvent[] {
  return entries.map(([type, data = {}], index) => ({ seq: index + 1, at, recordedAt: at, type, data }));
}

function told(...entries: [EventType, Record<string, unknown>?][]): { task: ScamTask; texts: string[] } {
  let task = translation.initial({ id: 'scam:t-88', client: 't-88' });
  const messages: ScamMessage[] = [];
  for (const event of eventsOf(entries)) {
    const step = translation.event(task, event);
    task = step.state;
    messages.push(...step.messages);
  }
  return { task, texts: messages.map((message) => translation.encode(message)) };
}

const progress = (data: Record<string, unknown>): [EventType, Record<string, unknown>] => [
  'agent.emitted',
  { kind: 'scam.progress', tool: null, message: 'm', error: false, ...data },
];
const result = {
  risk_level: 'high',
  score: 100,
  confidence: 0.98,
  entities: { phones: ['+19005550147'], urls: ['http://x.example/'], domains: ['x.example'], emails: [] },
  evidence: [{ tool: 'phone_validator', entity: '+19005550147', finding: 'premium-rate prefix', weight: 20 }],
  recommendation: '…',
};

describe('golden frames', () => {
  test('connected', () => {
    expect(JSON.stringify(connectedFrame('t-88', '2026-01-05T10:00:00.000Z'))).toBe(
      '{"step":"connected","tool":null,"message":"Watching task t-88","percent":0,"timestamp":"2026-01-05T10:00:00.000Z","error":false,"task_id":"t-88","connected":true}',
    );
  });

  test('heartbeat', () => {
    expect(JSON.stringify(heartbeatFrame('2026-01-05T10:00:15.000Z'))).toBe(
      '{"heartbeat":true,"timestamp":"2026-01-05T10:00:15.000Z"}',
    );
  });

  test('progress', () => {
    const message = 'Looking up +12025550114 among reported numbers';
    expect(told(progress({ n: 1, step: 'scam_db', tool: 'scam_database', message, percent: 35 })).texts).toEqual([
      '{"step":"scam_db","tool":"scam_database","message":"Looking up +12025550114 among reported numbers","percent":35,"timestamp":"2026-01-05T10:00:02.250Z","error":false}',
    ]);
  });

  test('completed', () => {
    expect(told(['run.completed', { result }]).texts).toEqual([
      `{"step":"completed","tool":null,"message":"Check finished: high risk","percent":100,"timestamp":"${at}","error":false,"result":${JSON.stringify(result)}}`,
    ]);
  });

  test('failed, with the percent that was reached', () => {
    const { texts } = told(progress({ n: 1, step: 'exa_search', percent: 50 }), [
      'run.failed',
      { error: { code: 'agent_failed', message: 'out of luck' } },
    ]);
    expect(texts[1]).toBe(
      `{"step":"failed","tool":null,"message":"Check failed: out of luck","percent":50,"timestamp":"${at}","error":true}`,
    );
  });

  test('cancelled is failed, and says so', () => {
    const { texts, task } = told(['run.cancelled', { reason: 'wrong message', by: 'ann' }]);
    expect(texts).toEqual([
      `{"step":"failed","tool":null,"message":"Check cancelled: wrong message","percent":0,"timestamp":"${at}","error":true}`,
    ]);
    expect(task.status).toBe('cancelled');
  });

  test('what cannot be served', () => {
    expect(JSON.stringify(faultFrame('no', at))).toBe(
      `{"step":"failed","tool":null,"message":"no","percent":0,"timestamp":"${at}","error":true}`,
    );
  });
});

describe('the fold', () => {
  test('tells a record that an attempt repeats once', () => {
    const record = (n: number) => progress({ n, step: 'scam_db', percent: 20 + n });
    expect(told(record(1), record(2), record(1), record(2), record(3)).texts).toHaveLength(3);
  });

  test('never lets a percent fall, and keeps it an integer within 0 and 100', () => {
    const percents = told(
      ...[10, 35, 20, 33.4, Number.NaN, -5, 400, 'x'].map((percent) => progress({ percent })),
    ).texts;
    expect(percents.map((text) => (JSON.parse(text) as { percent: number }).percent)).toEqual([
      10, 35, 35, 35, 35, 35, 100, 100,
    ]);
  });

  test('gives a record without a step the task’s last one', () => {
    const { texts } = told(
      progress({ step: null, percent: 1 }),
      progress({ step: 'exa_search', percent: 2 }),
      progress({ step: null, percent: 3 }),
    );
    expect(texts.map((text) => (JSON.parse(text) as { step: string }).step)).toEqual([
      'entity_extraction',
      'exa_search',
      'exa_search',
    ]);
  });

  test('tells a relay’s end once, in the publisher’s words, with the end of its run', () => {
    const { texts } = told(progress({ step: 'completed', message: 'All done', percent: 100 }), [
      'run.completed',
      { result: { message: 'All done' } },
    ]);
    expect(texts).toEqual([
      `{"step":"completed","tool":null,"message":"All done","percent":100,"timestamp":"${at}","error":false}`,
    ]);
  });

  test('begins anew where a task goes on after its end, and goes on where it is reset on the way', () => {
    const walked = told(
      progress({ n: 1, step: 'scam_db', percent: 30 }),
      ['run.reset'],
      progress({ n: 1, percent: 10 }),
    );
    expect(walked.task).toMatchObject({ life: 0, percent: 30, n: 1 });
    const again = told(
      ['run.started'],
      progress({ n: 9, percent: 90 }),
      ['run.completed', { result }],
      ['run.retried'],
    );
    expect(again.task).toMatchObject({ life: 2, percent: 0, n: 0, status: 'queued', result: null, finishedAt: null });
  });

  test('survives events of any shape', () => {
    const shapes: Record<string, unknown>[] = [
      {},
      { result: null },
      { error: null },
      { reason: 5 },
      { kind: 'scam.progress' },
    ];
    const types: EventType[] = ['agent.emitted', 'run.completed', 'run.failed', 'run.cancelled', 'run.terminated'];
    for (const type of types) for (const data of shapes) expect(() => told([type, data])).not.toThrow();
  });
});
