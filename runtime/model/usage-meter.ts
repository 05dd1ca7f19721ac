/**
 * Counts the model tokens of whatever runs inside `metered`, without anybody passing it on: what an attempt has used is
 * known also where the attempt then fails.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ModelUsage } from './model.ts';

export class UsageMeter {
  /** Answers of models, malformed ones included. */
  answers = 0;
  private inputTokens = 0;
  private outputTokens = 0;

  /** What was counted here. */
  get usage(): ModelUsage {
    return { inputTokens: this.inputTokens, outputTokens: this.outputTokens };
  }

  add({ inputTokens, outputTokens }: ModelUsage): void {
    this.answers++;
    this.inputTokens += inputTokens;
    this.outputTokens += outputTokens;
  }
}

const current = new AsyncLocalStorage<UsageMeter>();

export function metered<T>(meter: UsageMeter, work: () => Promise<T>): Promise<T> {
  return current.run(meter, work);
}

export function sumUsage(a: ModelUsage, b: ModelUsage | undefined): ModelUsage {
  return {
    inputTokens: a.inputTokens + (b?.inputTokens ?? 0),
    outputTokens: a.outputTokens + (b?.outputTokens ?? 0),
  };
}

/** Nothing where nobody counts. */
export function countUsage(usage: ModelUsage): void {
  current.getStore()?.add(usage);
}
