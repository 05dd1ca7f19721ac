/** One try of one call, through the AI SDK: text in, text out. What it throws, model-fault.ts understands. */
import type { ModelMessage } from 'ai';
import type { z } from 'zod';
import { BatonError } from '../../protocol/errors.ts';
import { modelCallMs } from '../../protocol/limits.ts';
import type { ModelUsage } from './model.ts';
import type { ProviderModel } from './provider.ts';

export interface ProviderCall {
  system: string;
  messages: ModelMessage[];
  schema: z.ZodType | null;
  signal: AbortSignal;
  onText: ((chunk: string) => void) | undefined;
}

export interface Answer {
  text: string;
  usage: ModelUsage;
}

/** Optional keys and free records are right in Baton's schemas; strict modes take neither. What comes is checked anyway. */
const providerOptions = { openai: { strictJsonSchema: false }, openaiCompatible: { strictJsonSchema: false } };

export async function callProvider(language: ProviderModel['language'], call: ProviderCall): Promise<Answer> {
  const sdk = await import('ai');
  // Its warnings (a schema that a provider takes only in part) would go to the console, once for each call.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const options = {
    model: language,
    instructions: call.system,
    messages: call.messages,
    maxRetries: 0,
    abortSignal: AbortSignal.any([call.signal, AbortSignal.timeout(modelCallMs)]),
    providerOptions,
    ...(call.schema === null ? {} : { output: sdk.Output.object({ schema: call.schema }) }),
  };
  if (call.onText) return await streamed(sdk.streamText({ ...options, onError: () => undefined }), call.onText);
  try {
    const { text, usage } = await sdk.generateText(options);
    return { text, usage: usageOf(usage) };
  } catch (error) {
    // What the SDK cannot read is judged with everything else that does not fit.
    if (!sdk.NoObjectGeneratedError.isInstance(error)) throw error;
    return { text: error.text ?? '', usage: usageOf(error.usage) };
  }
}

interface TextStream {
  stream: AsyncIterable<
    | { type: 'text-delta'; text: string }
    | { type: 'error'; error: unknown }
    | { type: 'finish'; totalUsage: SdkUsage }
    | { type: string }
  >;
}

async function streamed({ stream }: TextStream, onText: (chunk: string) => void): Promise<Answer> {
  let text = '';
  let usage: ModelUsage | null = null;
  let fault: Error | null = null;
  try {
    for await (const part of stream) {
      if ('text' in part && part.type === 'text-delta') {
        text += part.text;
        onText(part.text);
      } else if ('error' in part) fault ??= errorOf(part.error);
      else if ('totalUsage' in part) usage = usageOf(part.totalUsage);
    }
  } catch (error) {
    fault ??= errorOf(error);
  }
  if (fault !== null && text === '') throw fault;
  if (fault !== null || usage === null)
    throw new BatonError('model_failed', `the answer broke off after ${text.length} characters`);
  return { text, usage };
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(typeof thrown === 'string' ? thrown : JSON.stringify(thrown));
}

type SdkUsage = { inputTokens?: number | undefined; outputTokens?: number | undefined } | undefined;

/** A provider that tells no figures counts as none. */
function usageOf(usage: SdkUsage): ModelUsage {
  return { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 };
}
