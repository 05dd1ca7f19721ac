/** The port of language models, as agents and decisions use them. A conversation never passes through the workflow. */
import type { z } from 'zod';

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
}

export interface ModelRequest {
  system: string;
  prompt: string;
  /** Aborts the call: on cancel, when the attempt is over. */
  signal: AbortSignal;
  /** The text as it is streamed; for live frames. */
  onText?: (chunk: string) => void;
}

/**
 * Errors (`BatonError`): `model_refused` (key or request refused: not tried again), `model_limited` (429, after retries
 * with backoff), `model_failed` (5xx, network), `model_malformed` (an answer that does not fit the schema, after a retry).
 */
export interface Model {
  /** As in `openai-compatible/some-model`, for logs. */
  readonly name: string;
  text(request: ModelRequest): Promise<{ text: string; usage: ModelUsage }>;
  /** Structured output. */
  object<T>(request: ModelRequest & { schema: z.ZodType<T> }): Promise<{ value: T; usage: ModelUsage }>;
}
