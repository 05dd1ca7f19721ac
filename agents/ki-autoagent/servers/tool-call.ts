/** What one call of a tool may tell while it works, and what comes of it: between our MCP servers and who calls them. */
import { z } from 'zod';

export interface ToolCall {
  /** Fires when the call is cancelled. */
  signal: AbortSignal;
  /** In [0, 1]. */
  progress: (fraction: number, message: string) => void;
  /** Streamed text of a model. */
  text: (chunk: string) => void;
}

/** The structured content of a result that is no error. */
export const toolAnswerSchema = z.union([
  z.strictObject({ done: z.unknown() }),
  /** The research agent must be asked first. */
  z.strictObject({ research: z.strictObject({ query: z.string().min(1) }) }),
]);
export type ToolAnswer = z.infer<typeof toolAnswerSchema>;

/** The structured content of one that is. Where the code is one of the error table, it says whether to try again. */
export const toolFaultSchema = z.object({ code: z.string().nullable(), message: z.string() });
export type ToolFault = z.infer<typeof toolFaultSchema>;

/** Notifications beside `$/progress`: not of the standard, and skipped by whoever does not know them. */
export const notifications = { text: '$/text', usage: '$/usage' } as const;
export const textSchema = z.object({ text: z.string() });
export const usageSchema = z.object({ inputTokens: z.number(), outputTokens: z.number() });
