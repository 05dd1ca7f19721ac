import { type AgentContext, defineAgent } from '../../../../protocol/agent.ts';
import { contract } from './contract.ts';

interface Counted {
  lines: number;
  words: number;
}

export const agent = defineAgent({
  contract,
  run: async (ctx, { text, maxLines }) => {
    const lines = text.split('\n');
    if (lines.length > maxLines) {
      const answer = answerOf(ctx);
      if (answer === null) {
        return {
          ask: {
            kind: 'line-count.long',
            message: `The text has ${lines.length} lines. Shall I count them all?`,
            answerSchema: { type: 'object', properties: { all: { type: 'boolean' } }, required: ['all'] },
          },
        };
      }
      if (!answer.all) lines.length = maxLines;
    }
    let counted: Counted = (ctx.resumedFrom as Counted | undefined) ?? { lines: 0, words: 0 };
    for (const line of lines.slice(counted.lines)) {
      ctx.signal.throwIfAborted();
      const words = line.split(/\s+/).filter((word) => word !== '').length;
      counted = { lines: counted.lines + 1, words: counted.words + words };
      await ctx.emit('line.counted', { line: counted.lines, words });
      ctx.progress(counted.lines / lines.length, `line ${counted.lines} of ${lines.length}`);
      ctx.checkpoint(counted);
    }
    return { done: counted, message: `${counted.words} words` };
  },
});

function answerOf({ returned }: AgentContext): { all: boolean } | null {
  const last = returned.at(-1);
  return last?.kind === 'answer' ? (last.answers[0]?.answer as { all: boolean }) : null;
}
