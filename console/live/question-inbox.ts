/** Every open question that one may see, over all runs; kept up to date while anybody looks. */
import { BatonClientError, type BatonClient, type Question } from '../../client/index.ts';

export interface InboxSnapshot {
  state: 'loading' | 'ready' | 'failed';
  /** Open ones, the oldest first. */
  questions: readonly Question[];
  error: BatonClientError | null;
}

export function questionKey({ run, id }: Pick<Question, 'run' | 'id'>): string {
  return `${run}/${id}`;
}

export class QuestionInbox {
  readonly #client: BatonClient;
  readonly #open = new Map<string, Question>();
  readonly #listeners = new Set<() => void>();
  readonly #newcomers = new Set<(question: Question) => void>();
  #watching: AbortController | null = null;
  #snapshot: InboxSnapshot = { state: 'loading', questions: [], error: null };

  constructor(client: BatonClient) {
    this.#client = client;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#watching === null) this.#start((this.#watching = new AbortController()));
    return () => {
      this.#listeners.delete(listener);
      setTimeout(() => this.#listeners.size === 0 && this.#stop(), 0);
    };
  };

  readonly snapshot = (): InboxSnapshot => this.#snapshot;

  /** Tells of each question that is asked from now on: not of those that were there. */
  onNew(listener: (question: Question) => void): () => void {
    this.#newcomers.add(listener);
    return () => this.#newcomers.delete(listener);
  }

  #start({ signal }: AbortController): void {
    // The watch does not say when it has told what there is.
    this.#client.questionsPage({ limit: 200, signal }).then(
      ({ items }) => {
        for (const question of items) this.#open.set(questionKey(question), question);
        this.#tell('ready');
      },
      // The watch comes upon the same, and waits for what may be waited for.
      () => undefined,
    );
    const watch = async () => {
      for await (const question of this.#client.watchQuestions({ signal })) this.#take(question);
    };
    watch().catch((error: unknown) => {
      if (signal.aborted) return;
      const known = error instanceof BatonClientError;
      this.#tell('failed', known ? error : new BatonClientError('internal', String(error), { cause: error }));
    });
  }

  #take(question: Question): void {
    const key = questionKey(question);
    const isNew = question.status === 'open' && !this.#open.has(key) && this.#snapshot.state === 'ready';
    if (question.status === 'open') this.#open.set(key, question);
    else this.#open.delete(key);
    this.#tell(this.#snapshot.state === 'failed' ? 'ready' : this.#snapshot.state);
    if (isNew) for (const tell of this.#newcomers) tell(question);
  }

  #stop(): void {
    this.#watching?.abort();
    this.#watching = null;
    this.#open.clear();
    this.#snapshot = { state: 'loading', questions: [], error: null };
  }

  #tell(state: InboxSnapshot['state'], error: BatonClientError | null = null): void {
    const questions = [...this.#open.values()].toSorted((a, b) => (a.askedAt < b.askedAt ? -1 : 1));
    this.#snapshot = { state, questions, error };
    for (const listener of this.#listeners) listener();
  }
}
