/**
 * The configured model behind the port.
 *
 *   request ──▶ try ──answer──▶ fits? ──▶ value
 *                │ ▲              │ no: what is wrong is said, once
 *    429, 5xx, network: backoff   └──▶ try again ──▶ fits? ──no──▶ model_malformed
 */
import type { ModelMessage } from 'ai';
import { z } from 'zod';
import { BatonError } from '../../protocol/errors.ts';
import { faultsShown, modelFaultCharacters, modelRepairCharacters } from '../../protocol/limits.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { callProvider, type Answer, type ProviderCall } from './call-provider.ts';
import type { Model, ModelRequest, ModelUsage } from './model.ts';
import { modelFault } from './model-fault.ts';
import { loadProvider, type ProviderModel } from './provider.ts';
import { countUsage, sumUsage } from './usage-meter.ts';
import { withRetries, type Retrying } from './with-retries.ts';

type ModelSettings = Pick<Config, 'MODEL_PROVIDER' | 'MODEL_NAME' | 'MODEL_BASE_URL' | 'MODEL_API_KEY'>;

export interface ModelParts {
  log?: Log;
  /** Default: real time. */
  pause?: Retrying['pause'];
}

/** null where none is configured. Nothing is loaded and nobody is called before the first request. */
export function openModel(config: ModelSettings, parts: ModelParts = {}): Model | null {
  const { MODEL_PROVIDER: provider, MODEL_NAME: name, MODEL_BASE_URL: baseURL, MODEL_API_KEY: apiKey } = config;
  return provider === undefined || name === undefined
    ? null
    : new ProvidedModel({ provider, name, baseURL, apiKey }, parts);
}

type Verdict<T> = { value: T } | { fault: string };

class ProvidedModel implements Model {
  readonly name: string;
  private readonly settings: Parameters<typeof loadProvider>[0];
  private readonly parts: ModelParts;
  private loading: Promise<ProviderModel> | null = null;
  /** A provider that has refused a JSON Schema once is not shown another. */
  private knowsSchemas = true;

  constructor(settings: Parameters<typeof loadProvider>[0], parts: ModelParts) {
    this.name = `${settings.provider}/${settings.name}`;
    this.settings = settings;
    this.parts = parts;
  }

  async text(request: ModelRequest): Promise<{ text: string; usage: ModelUsage }> {
    const judge = (text: string): Verdict<string> =>
      text.trim() === '' ? { fault: 'there was no text' } : { value: text };
    const { value, usage } = await this.askTwice(request, null, judge);
    return { text: value, usage };
  }

  async object<T>(request: ModelRequest & { schema: z.ZodType<T> }): Promise<{ value: T; usage: ModelUsage }> {
    return await this.askTwice(request, request.schema, (text) => judgeObject(text, request.schema));
  }

  private async askTwice<T>(
    request: ModelRequest,
    schema: z.ZodType | null,
    judge: (text: string) => Verdict<T>,
  ): Promise<{ value: T; usage: ModelUsage }> {
    const { signal, onText, prompt } = request;
    const system = schema === null ? request.system : `${request.system}\n\n${schemaInWords(schema)}`;
    const messages: ModelMessage[] = [{ role: 'user', content: prompt }];
    const first = await this.ask({ system, messages, schema, signal, onText });
    const verdict = judge(first.text);
    if ('value' in verdict) return { value: verdict.value, usage: first.usage };
    this.parts.log?.warn({ model: this.name, fault: verdict.fault }, 'a malformed answer, asking again');
    // A second stream would follow the first on the screen: the repaired answer is not told in pieces.
    const again = [...messages, ...repair(first.text, verdict.fault)];
    const second = await this.ask({ system, messages: again, schema, signal, onText: undefined });
    const usage = sumUsage(first.usage, second.usage);
    const last = judge(second.text);
    if ('value' in last) return { value: last.value, usage };
    throw new BatonError('model_malformed', `model ${this.name} answered twice what does not fit: ${last.fault}`, {
      model: this.name,
    });
  }

  private async ask(call: ProviderCall): Promise<Answer> {
    const answer = await withRetries(() => this.tryOnce(call), {
      signal: call.signal,
      faultOf: (error) => modelFault(error, { model: this.name, apiKey: this.settings.apiKey, nowMs: Date.now() }),
      onRetry: ({ error }, waitMs) =>
        this.parts.log?.warn({ model: this.name, code: error.code, message: error.message, waitMs }, 'asking again'),
      ...(this.parts.pause ? { pause: this.parts.pause } : {}),
    });
    countUsage(answer.usage);
    return answer;
  }

  private async tryOnce(call: ProviderCall): Promise<Answer> {
    const { language, schemaless } = await this.load();
    if (call.schema === null || schemaless === null) return await callProvider(language, call);
    if (!this.knowsSchemas) return await callProvider(schemaless, call);
    try {
      return await callProvider(language, call);
    } catch (error) {
      if (!isBadRequest(error)) throw error;
      const answer = await callProvider(schemaless, call);
      this.knowsSchemas = false;
      return answer;
    }
  }

  private load(): Promise<ProviderModel> {
    return (this.loading ??= loadProvider(this.settings));
  }
}

function judgeObject<T>(text: string, schema: z.ZodType<T>): Verdict<T> {
  // Models like to wrap JSON as they would in a document.
  const bare = text
    .trim()
    .replace(/^```(?:json)?\s*/, '')
    .replace(/\s*```$/, '');
  let json: unknown;
  try {
    json = JSON.parse(bare);
  } catch {
    return { fault: bare === '' ? 'there was no text' : 'it is not JSON' };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  const faults = parsed.error.issues
    .slice(0, faultsShown)
    .map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`);
  return { fault: faults.join('; ').slice(0, modelFaultCharacters) };
}

function schemaInWords(schema: z.ZodType): string {
  const json = JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return `Answer with one JSON object that fits this JSON Schema, and with nothing else:\n${json}`;
}

function repair(text: string, fault: string): ModelMessage[] {
  const said: ModelMessage[] =
    text.trim() === '' ? [] : [{ role: 'assistant', content: text.slice(0, modelRepairCharacters) }];
  return [
    ...said,
    { role: 'user', content: `Your answer cannot be used: ${fault}. Answer again, whole and as asked.` },
  ];
}

function isBadRequest(error: unknown): boolean {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return status === 400 || status === 422;
}
