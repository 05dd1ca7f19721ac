import { defineAgent } from '../../../../../protocol/agent.ts';
import { contract, word, type PlanterInput } from './contract.ts';

export const agent = defineAgent<PlanterInput, unknown>({
  contract,
  run: async (ctx, { mark, how }) => {
    const say = (place: string) => word(mark, place);
    ctx.progress(0.3, say('heartbeat'));
    ctx.checkpoint(say('checkpoint'));
    ctx.log.info(say('logged'), { bird: say('field') });
    await ctx.emit('test.finding', { text: say('emitted') });
    if (how === 'fail') throw new Error(say('error'));
    if (how === 'hold') {
      await new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve(), { once: true }));
      ctx.signal.throwIfAborted();
    }
    if (ctx.returned.length === 0) {
      const answerSchema = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
      const choices = [{ label: say('choice'), value: { text: 'chosen' } }];
      return { ask: { kind: 'test.text', message: say('question'), answerSchema, choices } };
    }
    await ctx.emit('test.large', { text: say('stored').repeat(4_000) });
    return { done: { said: say('result'), large: 'x'.repeat(40_000) }, update: { learnt: say('context') } };
  },
});
