import { expect, test } from 'vitest';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import { glanceOf, type Entry } from './glance-at-job.ts';

const recordedAt = '2026-11-21T10:00:00.000Z';
const draft = (type: string, data: Record<string, unknown>) => ({ type, at: recordedAt, data }) as EventDraft;
const bulk = { action: 'retry', filter: { owner: 'ann' }, perSecond: 5 };

function started(id: number, state: object | null = null): Entry {
  const input = { seq: 1, state, predecessor: null, input: bulk, cause: null };
  return {
    id,
    recorded: { kind: 'started', input, workflowType: 'baton-bulk', continuedFrom: null, recordedAt },
  } as Entry;
}
const told = (id: number, ...drafts: EventDraft[]): Entry => ({
  id,
  recorded: { kind: 'emit', payload: { events: drafts }, recordedAt },
});
const selected = draft('agent.emitted', { kind: 'bulk.selected', count: 9, byStatus: { failed: 9 }, blob: {} });
const results = (done: number) =>
  draft('agent.emitted', { kind: 'bulk.results', counts: { done, refused: 1, failed: 0 } });
const steer = (id: number, type: string): Entry => ({
  id,
  recorded: { kind: 'batch', value: { first: 9, events: [draft(type, { by: 'olga' })] }, recordedAt },
});
const nothing = (id: number): Entry => ({ id, recorded: null });

test('the beginning tells what it is about, the end how far it is', () => {
  expect(
    glanceOf([started(1), told(9, selected), told(12, results(1))], [told(90, results(4), results(7)), nothing(80)]),
  ).toEqual({
    ...bulk,
    selected: { count: 9, byStatus: { failed: 9 } },
    counts: { done: 7, refused: 1, failed: 0 },
    paused: false,
    error: null,
  });
});

test('one that has just begun has counted nothing', () => {
  expect(glanceOf([started(1), nothing(2)], [])).toMatchObject({ selected: null, counts: { done: 0 } });
  expect(glanceOf([started(1), told(9, selected)], [])).toMatchObject({ selected: { count: 9 }, counts: { done: 0 } });
});

test('whether it is paused, and what it failed with, stands at the end', () => {
  const head = [started(1), told(9, selected), steer(20, 'run.paused')];
  expect(glanceOf(head, [])).toMatchObject({ paused: true });
  expect(glanceOf(head, [steer(25, 'run.unpaused'), nothing(21)])).toMatchObject({ paused: false });
  const failed: Entry = {
    id: 30,
    recorded: {
      kind: 'closed',
      ending: { status: 'failed', error: { code: 'x', message: 'y' } },
      continuedBy: null,
      recordedAt,
    },
  };
  expect(glanceOf(head, [failed, nothing(21)])).toMatchObject({ paused: false, error: { code: 'x' } });
});

test('where the two ends do not tell, the whole log must', () => {
  expect(glanceOf([started(1), told(9, selected)], [nothing(90), nothing(80)])).toBeNull();
  expect(glanceOf([started(1), nothing(9)], [told(90, results(4)), nothing(80)])).toBeNull();
  expect(glanceOf([started(1, { lastSeq: 40 }), told(9, results(4))], [])).toBeNull();
  expect(glanceOf([nothing(1)], [])).toBeNull();
});
