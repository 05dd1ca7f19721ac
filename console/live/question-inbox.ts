/** Every open question that one may see, over all runs; kept up to date while anybody looks. */
import type { BatonClient, BatonClientError, Question } from '../../client/index.ts';
import { Audience } from './audience.ts';
import { takeFault } from './take-fault.ts';

export interface InboxSnapshot {
  state: 'loading' | 'ready' | 'failed';
  /** Open ones, the oldest first. */
  questions: readonly Question[];
  error: BatonClientError | null;
}

const nothingYet: InboxSnapshot = { state: 'loading', questions: [], error: null };

export function questionKey({ run, id }: Pick<Question, 'run' | 'id'>): string {
  return `${run}/${id}`;
}

export class QuestionInbox {
  readonly #client: BatonClient;
  readonly #open = new Map<string, Question>();
  readonly #audience = new Audience((signal) => this.#watch(signal));
  readonly #newcomers = new Set<(question: Question) => void>();
  #snapshot = nothingYet;

  constructor(client: BatonClient) {
    this.#client = client;
  }

  /** It is kept up to date while anybody listens. */
  readonly subscribe = this.#audience.subscribe;

  readonly snapshot = (): InboxSnapshot => this.#snapshot;

  /** Tells of each question that is asked from now on: not of those that were there. */
  onNew(listener: (question: Question) => void): () => void {
    this.#newcomers.add(listener);
    return () => this.#newcomers.delete(listener);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#forget());
    // The watch does not say when it has told what there is.
    this.#client.questionsPage({ limit: 200, signal }).then(
      ({ items }) => {
        for (const question of items) this.#open.set(questionKey(question), question);
        this.#tell('ready');
      },
      // The watch comes upon the same, and waits for what may be waited for.
      () => undefined,
    );
    try {
      for await (const question of this.#client.watchQuestions({ signal })) this.#take(question);
    } catch (error) {
      if (!signal.aborted) this.#tell('failed', takeFault(error));
    }
  }

  #take(question: Question): void {
    const key = questionKey(question);
    const isNew = question.status === 'open' && !this.#open.has(key) && this.#snapshot.state === 'ready';
    if (question.status === 'open') this.#open.set(key, question);
    else this.#open.delete(key);
    this.#tell(this.#snapshot.state === 'failed' ? 'ready' : this.#snapshot.state);
    if (isNew) for (const tell of this.#newcomers) tell(question);
  }

  #forget(): void {
    this.#open.clear();
    this.#snapshot = nothingYet;
  }

  #tell(state: InboxSnapshot['state'], error: BatonClientError | null = null): void {
    const questions = [...this.#open.values()].toSorted((a, b) => (a.askedAt < b.askedAt ? -1 : 1));
    this.#snapshot = { state, questions, error };
    this.#audience.tell();
  }
}
