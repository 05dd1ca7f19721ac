import { describe, expect, it } from 'vitest';
import { AgentStopped } from '../../protocol/agent-stopped.ts';
import type { AgentContext } from '../../protocol/agent.ts';
import type { Model } from '../../runtime/model/model.ts';
import type { Plan } from './contract.ts';
import { execute } from './executor.ts';
import { toolOf } from './tool-call.ts';
import { busyMs } from '../../test/harness/busy.ts';

interface Told {
  kind: string;
  data: Record<string, unknown>;
}

function context({ resumedFrom, signal }: { resumedFrom?: unknown; signal?: AbortSignal } = {}) {
  const told: Told[] = [];
  const checkpoints: unknown[] = [];
  const blobs = new Map<string, Uint8Array>();
  const texts: string[] = [];
  const ctx: AgentContext = {
    run: 'rooms:rq-1',
    step: 'executor-agent#1',
    attempt: 1,
    owner: null,
    instructions: null,
    context: { answers: { 'q-1': 'metres' } },
    returned: [],
    signal: signal ?? new AbortController().signal,
    idempotencyKey: 'key',
    workId: 'work',
    resumedFrom,
    progress: () => undefined,
    text: (chunk) => texts.push(chunk),
    emit: async (kind, data = {}) => void told.push({ kind, data }),
    settled: async () => undefined,
    checkpoint: (value) => void checkpoints.push(JSON.parse(JSON.stringify(value))),
    storeBlob: async (bytes, type) => {
      const ref = `blob-${blobs.size + 1}`;
      blobs.set(ref, bytes);
      return { ref, bytes: bytes.length, type };
    },
    readBlob: async ({ ref }) => blobs.get(ref) ?? new Uint8Array(),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  };
  return { ctx, told, checkpoints, blobs, texts };
}

const planOf = (...parts: string[]): Plan => ({
  steps: parts.map((text, index) => ({ id: `s${index + 1}`, order: index + 1, action: toolOf(text), text })),
});
const services = { guard: null, model: null };
const statuses = (told: readonly Told[]) => told.map(({ data }) => [data['stepOrder'], data['status']]);

describe('the executor', () => {
  it('tells each step running and completed, in order, then the answer', async () => {
    const { ctx, told } = context();
    const result = await execute(ctx, planOf('calculate 2+3', 'what now', 'summarize', 'wait 1ms'), services);
    expect(statuses(told)).toEqual([
      [1, 'running'],
      [1, 'completed'],
      [2, 'running'],
      [2, 'completed'],
      [3, 'running'],
      [3, 'completed'],
      [4, 'running'],
      [4, 'completed'],
      [undefined, undefined],
    ]);
    const answer = '2+3 = 5; No language model is configured to answer: what now';
    expect(told.at(-1)).toEqual({ kind: 'rooms.answer', data: { answer } });
    expect(result).toMatchObject({ done: { status: 'completed', answer, answers: { 'q-1': 'metres' }, error: null } });
  });

  it('goes on after the steps that an earlier worker has completed', async () => {
    const first = context();
    const plan = planOf('calculate 2+3', 'summarize');
    await execute(first.ctx, plan, services);
    const { ctx, told } = context({ resumedFrom: first.checkpoints[0] });
    const result = await execute(ctx, plan, services);
    expect(statuses(told).slice(0, 2)).toEqual([
      [2, 'running'],
      [2, 'completed'],
    ]);
    expect(result).toMatchObject({ done: { steps: [{ result: { value: 5 } }, { result: { text: '2+3 = 5' } }] } });
  });

  it('waits only what is left of a wait that an earlier worker had begun', async () => {
    const resumedFrom = { records: [], waitsUntilMs: Date.now() + 30, usage: { inputTokens: 0, outputTokens: 0 } };
    const began = performance.now();
    const result = await execute(context({ resumedFrom }).ctx, planOf('wait 300s'), services);
    expect(performance.now() - began).toBeLessThan(busyMs);
    expect(result).toMatchObject({ done: { steps: [{ result: { waitedMs: 300_000 } }] } });
  });

  it('keeps large results in a blob, and finds them there', async () => {
    const long = 'why '.repeat(9_000);
    const plan = planOf(long, 'calculate 1+1');
    const first = context();
    await execute(first.ctx, plan, services);
    const stored = first.checkpoints[0] as { records: { stored: unknown } };
    expect(stored.records.stored).toMatchObject({ type: 'application/json' });
    const second = context({ resumedFrom: stored });
    for (const [ref, bytes] of first.blobs) second.blobs.set(ref, bytes);
    const result = await execute(second.ctx, plan, services);
    expect(result).toMatchObject({ done: { steps: [{ tool: 'answer' }, { result: { value: 2 } }] } });
  });

  it.each([
    ['calculate 1/0', 'division_by_zero'],
    ['calculate 1+', 'bad_expression'],
    ['wait 400 s', 'wait_too_long'],
    ['fetch http://user:pass@127.0.0.1/', 'bad_address'],
  ])('fails for good at %s, and runs nothing after it', async (part, code) => {
    const { ctx, told } = context();
    await expect(execute(ctx, planOf(part, 'summarize'), services)).rejects.toMatchObject({
      code: 'step_failed',
      retry: false,
    });
    expect(told.map(({ data }) => data)).toMatchObject([{ status: 'running' }, { status: 'failed', error: { code } }]);
  });

  it('says that its step was cancelled when it is, and stops at once', async () => {
    const controller = new AbortController();
    const { ctx, told } = context({ signal: controller.signal });
    const running = execute(ctx, planOf('wait 300s', 'summarize'), services);
    await expect.poll(() => told.length).toBe(1);
    const reason = new AgentStopped('cancelled', 'stop');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(told.at(-1)?.data).toMatchObject({ stepOrder: 1, status: 'failed', cancelled: true });
  });

  it('says nothing of a failure when only its worker stops: the step goes on elsewhere', async () => {
    const controller = new AbortController();
    const { ctx, told } = context({ signal: controller.signal });
    const running = execute(ctx, planOf('wait 300s'), services);
    await expect.poll(() => told.length).toBe(1);
    controller.abort(new AgentStopped('stopping', 'the worker stops'));
    await expect(running).rejects.toMatchObject({ why: 'stopping' });
    expect(told).toHaveLength(1);
  });

  it('lets a model answer, streams its words, and counts what it used', async () => {
    const model: Model = {
      name: 'test/model',
      text: async ({ prompt, onText }) => {
        onText?.('Because');
        return { text: `Because of ${prompt}`, usage: { inputTokens: 3, outputTokens: 2 } };
      },
      object: () => Promise.reject(new Error('not asked')),
    };
    const { ctx, texts } = context();
    const result = await execute(ctx, planOf('why', 'summarize'), { guard: null, model });
    expect(texts).toEqual(['Because', 'Because']);
    expect(result).toMatchObject({
      done: { steps: [{ result: { text: 'Because of why' } }, { result: { text: 'Because of Because of why' } }] },
      usage: { inputTokens: 6, outputTokens: 4 },
    });
  });
});
