import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { AgentContext } from '../../protocol/agent.ts';
import type { AgentReturn } from '../../protocol/execution.ts';
import type { Model } from '../../runtime/model/model.ts';
import { plan } from './planner.ts';
import { think } from './thought.ts';

type Context = Pick<AgentContext, 'context' | 'returned' | 'signal' | 'emit'>;

function context(returned: readonly AgentReturn[] = []) {
  const told: unknown[] = [];
  const ctx: Context = {
    context: {},
    returned,
    signal: new AbortController().signal,
    emit: async (kind, data) => void told.push({ kind, ...data }),
  };
  return { ctx: ctx as AgentContext, told };
}

function modelThatSays(value: unknown): Model {
  return {
    name: 'test/model',
    text: () => Promise.reject(new Error('not asked')),
    object: async <T>({ schema }: { schema: z.ZodType<T> }) => ({
      value: schema.parse(value),
      usage: { inputTokens: 7, outputTokens: 3 },
    }),
  };
}

describe('the planner', () => {
  it('makes a step of each part, and tells the plan', async () => {
    const { ctx, told } = context();
    const result = await plan(ctx, { userQuery: 'calculate 6*7 then why', context: {} }, null);
    expect(result).toMatchObject({
      done: {
        steps: [
          { id: 's1', order: 1, action: 'calculate', text: 'calculate 6*7' },
          { id: 's2', order: 2, action: 'answer', text: 'why' },
        ],
      },
    });
    expect(told).toEqual([
      {
        kind: 'rooms.plan',
        steps: [
          { id: 's1', order: 1, action: 'calculate' },
          { id: 's2', order: 2, action: 'answer' },
        ],
      },
    ]);
  });

  it('lets a model put the parts, and counts what it used', async () => {
    const model = modelThatSays({ steps: ['calculate 40+2', 'summarize'] });
    const result = await plan(context().ctx, { userQuery: 'forty and two, shortly', context: {} }, model);
    expect(result).toMatchObject({
      done: { steps: [{ action: 'calculate' }, { action: 'summarize' }] },
      usage: { inputTokens: 7, outputTokens: 3 },
    });
  });

  it('refuses more than 50 parts, for good', async () => {
    const planning = plan(context().ctx, { userQuery: 'a;'.repeat(51), context: {} }, null);
    await expect(planning).rejects.toMatchObject({ code: 'step_failed', retry: false });
  });
});

describe('the thought', () => {
  const input = { userQuery: 'calculate 6*7; summarize', context: {} };

  it('names the first tool as the intent, and counts the parts', async () => {
    const result = await think(context().ctx, input, null);
    expect(result).toMatchObject({ done: { intent: 'calculate', steps: 2 }, update: { answers: {} } });
  });

  it('asks first where the request says so, for five minutes or as long as it says', async () => {
    const asking = { ...input, context: { askFirst: true } };
    expect(await think(context().ctx, asking, null)).toMatchObject({
      ask: { timeoutMs: 300_000, onTimeout: { then: 'default', answer: null } },
    });
    const shortly = { ...input, context: { askFirst: true, questionTimeoutSeconds: 2 } };
    expect(await think(context().ctx, shortly, null)).toMatchObject({ ask: { timeoutMs: 2_000 } });
  });

  it('keeps what was answered', async () => {
    const answers = [{ by: 'ann', answer: 'metres' }];
    const { ctx } = context([{ kind: 'answer', question: 'q-5', answers, expired: false }]);
    const result = await think(ctx, { ...input, context: { askFirst: true } }, null);
    expect(result).toMatchObject({ update: { answers: { 'q-1': 'metres' } } });
  });

  it('takes the intent from a model, where there is one', async () => {
    const result = await think(context().ctx, input, modelThatSays({ intent: 'compare' }));
    expect(result).toMatchObject({ done: { intent: 'compare' }, usage: { inputTokens: 7, outputTokens: 3 } });
  });
});
