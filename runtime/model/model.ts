/** The port of language models, as agents and decisions use them. A conversation never passes through the workflow. */
import type { z } from 'zod';

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
}

export interface ModelRequest {
  system: string;
  prompt: string;
  /** Aborts the call, which then rejects with the signal's reason: on cancel, when the attempt is over. */
  signal: AbortSignal;
  /**
   * The text as it is streamed; for live frames. Where a stream breaks off after its first text, the call fails
   * (`model_failed`): what was told already cannot be taken back, and the agent's next attempt begins the text anew.
   */
  onText?: (chunk: string) => void;
}

/**
 * Errors (`BatonError`): `model_refused` (key or request refused: not tried again), `model_limited` (429, after retries
 * with backoff), `model_failed` (5xx, network, after the same), `model_malformed` (an answer that is empty or does not
 * fit the schema, after a second chance). Where a call runs inside an agent, its tokens are counted by themselves,
 * those of malformed answers and failed attempts too (see usage-meter.ts).
 */
export interface Model {
  /** As in `openai-compatible/some-model`, for logs. */
  readonly name: string;
  text(request: ModelRequest): Promise<{ text: string; usage: ModelUsage }>;
  /** Structured output. */
  object<T>(request: ModelRequest & { schema: z.ZodType<T> }): Promise<{ value: T; usage: ModelUsage }>;
}
