import { useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';
import { QuestionInbox, type InboxSnapshot } from './question-inbox.ts';

export const inbox = new QuestionInbox(client);

const nothing: InboxSnapshot = { state: 'loading', questions: [], error: null };
const unwatched = { subscribe: () => () => undefined, snapshot: () => nothing };

/** Open questions over all runs. `isOn`: false while nobody is signed in. */
export function useQuestions(isOn = true): InboxSnapshot {
  const source = isOn ? inbox : unwatched;
  return useSyncExternalStore(source.subscribe, source.snapshot);
}
