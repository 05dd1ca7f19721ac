/**
 * Answers that a reset brings along: a repeated step that asks the same again gets them by itself. Replayed.
 * Questions are told apart by their step, their place among its questions, and their kind.
 */
import type { RestoredAnswers } from '../../protocol/execution.ts';

export class RestoredQuestions {
  private readonly known: readonly RestoredAnswers[];
  /** How many questions each step has asked; those between steps count together. */
  private readonly asked: Map<string, number>;

  constructor(carry: unknown) {
    const { restored, asked } = (typeof carry === 'object' && carry !== null ? carry : {}) as Record<string, unknown>;
    this.known = Array.isArray(restored) ? restored.filter(isRestored) : [];
    this.asked = new Map(typeof asked === 'object' && asked !== null ? Object.entries(asked) : []);
  }

  /** For the next question that the step asks; null where a person must answer. */
  next(step: string | undefined, kind: string): RestoredAnswers | null {
    if (this.known.length === 0) return null;
    const index = this.asked.get(step ?? '') ?? 0;
    this.asked.set(step ?? '', index + 1);
    const fits = (entry: RestoredAnswers) =>
      entry.step === (step ?? null) && entry.index === index && entry.kind === kind;
    return this.known.find(fits) ?? null;
  }

  carry(): Record<string, unknown> {
    return this.known.length === 0 ? {} : { restored: this.known, asked: Object.fromEntries(this.asked) };
  }
}

function isRestored(value: unknown): value is RestoredAnswers {
  if (typeof value !== 'object' || value === null) return false;
  const { question, step, index, kind, answers } = value as Partial<RestoredAnswers>;
  return (
    typeof question === 'string' &&
    (step === null || typeof step === 'string') &&
    typeof index === 'number' &&
    typeof kind === 'string' &&
    Array.isArray(answers) &&
    answers.length > 0
  );
}
