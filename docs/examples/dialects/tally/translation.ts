/** From the log to lines of text: `1: 2 words`, at the end `total: 3 words` or `stopped: <why>`. */
import type { RunEvent } from '../../../../protocol/schemas/event.ts';
import type { Translation } from '../../../../gateway/dialects/translation.ts';

/** What the lines so far come to. */
export interface Tally {
  words: number;
}

export const translation: Translation<Tally, string> = {
  initial: () => ({ words: 0 }),
  event: (state, { type, data }) => {
    if (type === 'agent.emitted' && data['kind'] === 'line.counted') {
      const words = Number(data['words']);
      return { state: { words: state.words + words }, messages: [`${String(data['line'])}: ${words} words`] };
    }
    if (type === 'run.completed') return { state, messages: [`total: ${state.words} words`] };
    if (isOtherEnd(type)) return { state, messages: [`stopped: ${type.slice('run.'.length)}`] };
    return { state, messages: [] };
  },
  encode: (line) => line,
};

function isOtherEnd(type: RunEvent['type']): boolean {
  return ['run.failed', 'run.cancelled', 'run.terminated', 'run.timed_out'].includes(type);
}
