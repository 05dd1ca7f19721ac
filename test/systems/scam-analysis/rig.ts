/** What the tests of this system share: addresses, a publisher, the words of frames, what the product logs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api, type Json } from '../../harness/gateway.ts';
import { TestSocket, type Frame } from '../../harness/test-socket.ts';

export class ScamRig {
  readonly api: Api;
  private readonly url: string;
  private readonly token: string | null;

  constructor(url: string, token: string | null = null) {
    this.url = url;
    this.token = token;
    this.api = new Api(url, token);
  }

  /** `path` under `/ws/agent-progress`. */
  watch(path: string): Promise<TestSocket> {
    return this.open(`/ws/agent-progress${path}`);
  }

  open(path: string): Promise<TestSocket> {
    const headers = this.token === null ? {} : { authorization: `Bearer ${this.token}` };
    return TestSocket.open(this.url.replace('http', 'ws') + path, { headers });
  }

  publish(task: string, body: Json, headers: Record<string, string> = {}) {
    return this.api.post(`/api/agent-progress/${task}`, body, headers);
  }

  analyze(task: string, text: string) {
    return this.api.post('/api/scam/analyze', { text, task_id: task });
  }

  async task(id: string): Promise<Json> {
    return (await this.api.get(`/api/scam/tasks/${id}`)).body;
  }
}

export const record = (step: string, percent: number, message = `${step} at ${percent}`) => ({
  step,
  percent,
  message,
});
export const isStep = (step: string) => (frame: Frame) => frame['step'] === step;
/** All but heartbeats: how many of those come depends on the machine. */
export const told = (frames: readonly Frame[]) => frames.filter(({ heartbeat }) => heartbeat !== true);
export const stepsOf = (frames: readonly Frame[]) => told(frames).map(({ step, percent }) => [step, percent]);
export const messagesOf = (frames: readonly Frame[]) => told(frames).map(({ message }) => message);

export interface LogLine {
  level: string | number;
  msg: string;
  [key: string]: unknown;
}

/** What the processes of a product have logged so far. */
export function logged(dataDir: string): LogLine[] {
  const folder = join(dataDir, 'logs');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine);
}

/** That a socket's end was logged, with its task and why. */
export const loggedEnd = (dataDir: string, task: string, code: number | string) =>
  logged(dataDir).some(
    ({ task_id: id, code: ended, cause }) => id === task && ended === code && typeof cause === 'string' && cause !== '',
  );
