/** An agent that waits for another one stays on the wire: the contract allows no call 10 s of silence. */
import { expect, test } from 'vitest';
import { kiWaitingBarMs, mcpRepeatMs } from '../../../protocol/limits.ts';
import {
  at,
  codesmith,
  play,
  progressed,
  research as delegated,
  session,
  type Draft,
} from '../../../test/fixtures/ki-log.ts';
import type { KiMessage } from './message.ts';

const beganAt = '2026-01-05T09:00:00.000Z';
const research = { ...delegated, step: 'research_agent#2' };
const told = (place: object, afterSeconds: number, fraction: number, message: string) =>
  progressed(place, fraction, message, new Date(Date.parse(beganAt) + afterSeconds * 1_000).toISOString());
const started = (place: object): Draft => ({ type: 'agent.started', ...place, recordedAt: beganAt });
const delegating: Draft[] = [
  started(codesmith),
  told(codesmith, 0, 0.2, 'asking'),
  { type: 'supervisor.routed', step: codesmith.step, data: { from: 'codesmith_agent', to: 'research_agent' } },
  started(research),
  told(research, 0.1, 0, 'looking'),
];
const barsOf = (messages: readonly KiMessage[]) =>
  messages.flatMap((message) => (message.type === 'mcp_progress' ? [[message.server, message.progress]] : []));

test('it says so with its last value when the other one says something, and no more often than it must', () => {
  const { messages } = play(
    ...delegating,
    told(research, 8, 0.5, 'reading on'),
    told(research, 8.5, 0.75, 'compiling'),
    told(research, 9, 1, 'done'),
  );
  expect(barsOf(messages)).toEqual([
    ['codesmith_agent', 0.2],
    ['research_agent', 0],
    ['research_agent', 0.5],
    ['codesmith_agent', 0.2],
    ['research_agent', 0.75],
    ['research_agent', 1],
    ['codesmith_agent', 0.2],
  ]);
  const bar = { server: 'codesmith_agent', message: '⏳ waiting for Research Agent: reading on', progress: 0.2 };
  const index = messages.findIndex((message) => message.type === 'mcp_progress' && message.message === bar.message);
  expect(messages.slice(index, index + 2)).toEqual([
    { type: 'mcp_progress', ...bar, timestamp: at, session_id: session, seq: 7 },
    { type: 'progress', ...bar },
  ]);
});

test('once it is back, it speaks for itself', () => {
  const { messages } = play(
    ...delegating,
    { type: 'agent.completed', ...research },
    { type: 'supervisor.routed', step: codesmith.step, data: { from: 'research_agent', to: 'codesmith_agent' } },
    told(codesmith, 9, 0.3, 'taking in'),
  );
  expect(barsOf(messages).slice(2)).toEqual([['codesmith_agent', 0.3]]);
});

test('who repeats itself as late as it may, and who waits for it, stay within 10 s', () => {
  expect(mcpRepeatMs + kiWaitingBarMs).toBeLessThan(10_000);
});
