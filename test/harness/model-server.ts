/**
 * A language model's provider of the tests' own, over HTTP: it speaks the OpenAI chat API (streaming too) and, as far as
 * a whole text answer goes, those of Anthropic and of OpenAI's responses. What it answers is said in advance.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { until } from './until.ts';

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
}

export type ModelReply =
  /** Streamed in `chunks` (default: one a word) where a stream is asked for, `everyMs` apart. */
  | { text: string; usage?: ModelUsage; chunks?: string[]; everyMs?: number }
  | { json: unknown; usage?: ModelUsage }
  | { status: number; headers?: Record<string, string>; body?: unknown }
  /** Says nothing until whoever asked goes away. */
  | { hang: true }
  /** The stream ends too early after these chunks: the connection breaks, or is closed in good order. */
  | { breaksAfter: string[]; isOrderly?: boolean };

export interface AskedModel {
  path: string;
  headers: IncomingMessage['headers'];
  body: { model: string; stream?: boolean; messages: { role: string; content: unknown }[] } & Record<string, unknown>;
  /** Everything that was said to it, as one text. */
  said: string;
  /** Whether the connection was closed before the answer was whole. */
  isAborted: boolean;
  atMs: number;
}

export type ModelScript = (asked: AskedModel, index: number) => ModelReply;

export interface ModelServer {
  /** For `MODEL_BASE_URL`. */
  url: string;
  asked: AskedModel[];
  /** The next answers, in order; what is asked beyond them is refused with 400. */
  script(...replies: ModelReply[]): void;
  /** Answers by what is asked, from now on. */
  answerBy(script: ModelScript): void;
  /** Resolves with the request of that index, once it has come. */
  request(index: number): Promise<AskedModel>;
  settings(extra?: Record<string, string>): Record<string, string>;
  stop(): Promise<void>;
}

const defaultUsage: ModelUsage = { inputTokens: 10, outputTokens: 5 };

export async function startModelServer(): Promise<ModelServer> {
  const asked: AskedModel[] = [];
  let replies: ModelReply[] = [];
  const fromList: ModelScript = () =>
    replies.shift() ?? { status: 400, body: { error: { message: 'the test has no answer for this' } } };
  let script = fromList;
  const server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      const call: AskedModel = {
        path: request.url ?? '',
        headers: request.headers,
        body,
        said: JSON.stringify([body['system'] ?? body['instructions'] ?? '', body.messages ?? body['input']]),
        isAborted: false,
        atMs: Date.now(),
      };
      asked.push(call);
      response.on('close', () => {
        call.isAborted = !response.writableFinished;
      });
      await answer(script(call, asked.length - 1), call, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return {
    url,
    asked,
    script: (...next) => {
      replies = next;
      script = fromList;
    },
    answerBy: (next) => {
      script = next;
    },
    request: (index) => until(`request ${index} to the model`, () => asked[index]),
    settings: (extra = {}) => ({
      MODEL_PROVIDER: 'openai-compatible',
      MODEL_NAME: 'test-model',
      MODEL_BASE_URL: url,
      MODEL_API_KEY: 'sk-test-key',
      ...extra,
    }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<AskedModel['body']> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as AskedModel['body'];
}

async function answer(reply: ModelReply, call: AskedModel, response: ServerResponse): Promise<void> {
  if ('hang' in reply) return;
  if ('status' in reply) {
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    const body = reply.body ?? { error: { message: `scripted ${reply.status}`, type: 'scripted' } };
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
    return;
  }
  if ('breaksAfter' in reply) {
    // What arrives together with the break is lost with it.
    await stream(response, call, reply.breaksAfter, 50);
    if (reply.isOrderly) response.end();
    else response.destroy();
    return;
  }
  const text = 'text' in reply ? reply.text : JSON.stringify(reply.json);
  const usage = reply.usage ?? defaultUsage;
  if (call.body.stream !== true) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(wholeAnswer(call, text, usage)));
    return;
  }
  const { chunks = text.match(/\S+\s*/g) ?? [text], everyMs = 0 } = 'text' in reply ? reply : {};
  await stream(response, call, chunks, everyMs);
  const { model } = call.body;
  send(response, {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 0,
    model,
    choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  });
  send(response, { id: 'c', object: 'chat.completion.chunk', created: 0, model, choices: [], usage: chatUsage(usage) });
  response.end('data: [DONE]\n\n');
}

async function stream(response: ServerResponse, call: AskedModel, chunks: string[], everyMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const { model } = call.body;
  for (const content of chunks) {
    const choices = [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }];
    send(response, { id: 'c', object: 'chat.completion.chunk', created: 0, model, choices });
    await setTimeout(everyMs);
  }
}

function send(response: ServerResponse, chunk: unknown): void {
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

function chatUsage({ inputTokens, outputTokens }: ModelUsage) {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

function wholeAnswer({ path, body }: AskedModel, text: string, usage: ModelUsage): unknown {
  const { model } = body;
  const tokens = { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens };
  if (path.endsWith('/messages'))
    return {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: tokens,
    };
  if (path.endsWith('/responses'))
    return {
      id: 'r',
      object: 'response',
      created_at: 0,
      status: 'completed',
      model,
      output: [
        {
          type: 'message',
          id: 'o',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text, annotations: [] }],
        },
      ],
      usage: tokens,
    };
  const message = { role: 'assistant', content: text };
  return {
    id: 'c',
    object: 'chat.completion',
    created: 0,
    model,
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: chatUsage(usage),
  };
}
