/** Model tokens, as events carry them. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };

export function sumUsage(a: Usage, b: Usage | undefined): Usage {
  return b === undefined
    ? a
    : { inputTokens: a.inputTokens + b.inputTokens, outputTokens: a.outputTokens + b.outputTokens };
}

/** For an event's data: nothing where nothing was used. */
export function usageIn(usage: Usage): { usage?: Usage } {
  return usage.inputTokens + usage.outputTokens === 0 ? {} : { usage };
}
