/** From the log to ki-autoagent's frames. Pure. */
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Translation } from '../translation.ts';
import { agentFolds } from './agent-folds.ts';
import { initialState, type KiState } from './ki-state.ts';
import { encodeMessage, type KiMessage } from './message.ts';
import { questionFolds } from './question-folds.ts';
import { runFolds } from './run-folds.ts';
import { Telling, type Fold } from './telling.ts';

const folds: Readonly<Record<string, Fold | undefined>> = { ...agentFolds, ...questionFolds, ...runFolds };

const neededWhole = new Set([
  'run.started',
  'run.continued',
  'run.reset',
  'run.completed',
  'question.asked',
  'agent.completed',
]);

export const kiTranslation: Translation<KiState, KiMessage> = {
  initial: ({ client }) => initialState(client),
  event: (state, event) => {
    const fold = Object.hasOwn(folds, event.type) ? folds[event.type] : undefined;
    if (!fold) return { state, messages: [] };
    const telling = new Telling(state, event);
    fold(telling, event);
    return { state: telling.state, messages: telling.messages };
  },
  live: ({ session }, { agent, text }) =>
    text === undefined ? [] : [{ type: 'agent_text', agent, text, session_id: session }],
  isNeededWhole: ({ type }: RunEvent) => neededWhole.has(type),
  encode: encodeMessage,
};
