/** Answers questions in the middle of a watch: one at a time, and not the same again once it was put off. */
import { BatonClientError } from '../../errors.ts';
import type { Question } from '../../types.ts';
import { askAnswer } from '../ask/ask-answer.ts';
import { plain } from '../render/text.ts';
import type { Session } from '../session.ts';

export interface Prompting {
  question: Question;
  done: Promise<void>;
  /** The question was closed by somebody else, or the run has ended. */
  giveUp(why: string): void;
}

export class QuestionPrompter {
  readonly #session: Session;
  readonly #putOff = new Set<string>();
  readonly #onInterrupt: () => void;

  constructor(session: Session, onInterrupt: () => void) {
    this.#session = session;
    this.#onInterrupt = onInterrupt;
  }

  /** The first question that nobody has put off. */
  next(open: readonly Question[]): Question | undefined {
    return open.find(({ id }) => !this.#putOff.has(id));
  }

  ask(question: Question): Prompting {
    const stop = new AbortController();
    return {
      question,
      done: this.#ask(question, stop.signal),
      giveUp: (why) => stop.abort(new Error(why)),
    };
  }

  async #ask(question: Question, signal: AbortSignal): Promise<void> {
    const { around, theme, columns, client } = this.#session;
    const { stdin, stdout } = around;
    this.#putOff.add(question.id);
    // Once it is typed, the question's closing is the answer's own doing.
    let isTyped = false;
    try {
      const given = await askAnswer(question, {
        input: stdin,
        output: stdout,
        theme,
        columns,
        signal,
        onInterrupt: this.#onInterrupt,
      });
      if (given === null) {
        this.#session.print(theme.dim(`later: baton answer ${plain(question.run)} ${plain(question.id)}`));
        return;
      }
      isTyped = true;
      const { outcome } = await client.answer(question.run, question.id, given.answer);
      if (outcome === 'recorded') this.#session.print(theme.dim('recorded; no worker has taken it yet'));
    } catch (error) {
      if (signal.aborted && !isTyped) this.#session.print('', theme.dim((signal.reason as Error).message));
      else if (error instanceof BatonClientError) {
        this.#session.print(theme.red(`${error.code}: ${plain(error.message)}`));
        // What was typed did not fit: it may be typed again.
        if (error.code === 'invalid_answer') this.#putOff.delete(question.id);
      } else throw error;
    }
  }
}
