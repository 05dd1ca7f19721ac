/**
 * The AI SDK and its providers. Loaded with the first call (116 ms and 32 MB, measured): without a model they cost nothing.
 */
import type { LanguageModel } from 'ai';
import type { Config } from '../config.ts';

export type Provider = NonNullable<Config['MODEL_PROVIDER']>;

export interface ProviderModel {
  language: LanguageModel;
  /**
   * For providers that know no JSON Schema: they are asked for a JSON object, and the schema stands in the prompt.
   * null where the provider has only one way.
   */
  schemaless: LanguageModel | null;
}

export interface ProviderSettings {
  provider: Provider;
  name: string;
  baseURL: string | undefined;
  apiKey: string | undefined;
}

export async function loadProvider({ provider, name, baseURL, apiKey }: ProviderSettings): Promise<ProviderModel> {
  const settings = { ...(baseURL === undefined ? {} : { baseURL }), ...(apiKey === undefined ? {} : { apiKey }) };
  switch (provider) {
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return { language: createAnthropic(settings)(name), schemaless: null };
    }
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return { language: createOpenAI(settings)(name), schemaless: null };
    }
    case 'openai-compatible': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      const compatible = (supportsStructuredOutputs: boolean) =>
        createOpenAICompatible({
          name: 'openaiCompatible',
          baseURL: baseURL ?? '',
          ...(apiKey === undefined ? {} : { apiKey }),
          includeUsage: true,
          supportsStructuredOutputs,
        })(name);
      return { language: compatible(true), schemaless: compatible(false) };
    }
  }
}
