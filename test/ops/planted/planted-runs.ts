/** Runs that put a word of their own into every place in which a run keeps what people, agents and Baton say. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HistoryService } from '../../../gateway/history/history-service.ts';
import { terminateExecution } from '../../../gateway/runs/terminate-execution.ts';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import { createDataConverter } from '../../../runtime/data-converter.ts';
import { connectTemporal } from '../../../runtime/temporal-connection.ts';
import { anonymous, type TestBaton } from '../../harness/baton.ts';
import type { Api } from '../../harness/gateway.ts';
import { until } from '../../harness/until.ts';
import { agent } from './agents/planter/agent.ts';
import { word } from './agents/planter/contract.ts';

export const plugins = { agents: [agent], workflows: [fileURLToPath(new URL('./workflows', import.meta.url))] };

/** What the log tells. */
const told =
  'input why instructions emitted error question choice answer result context outcome cancelled terminated'.split(' ');
/** What only stands on the disk. */
const untold = ['heartbeat', 'checkpoint', 'stored', 'large', 'logged', 'field'];

export interface Planted {
  /** It asked and was answered; its log has a blob. */
  completed: string;
  all: string[];
  /** In the clear on the disks while the runs were going on, or after. */
  onDisk: string[];
}

/** Every word of the mark. */
export const wordsOf = (mark: string): string[] => [...told, ...untold].map((place) => word(mark, place));

/** Those of the words that stand in the clear somewhere. */
type Look = (words: readonly string[]) => Promise<readonly string[]>;

/** Throws where the gateway does not tell what was said. */
export async function plant(api: Api, baton: TestBaton, mark: string, lookFor: Look): Promise<Planted> {
  const say = (place: string) => word(mark, place);
  const start = async (how: string, text: string) => {
    const { body } = await api.post('/v1/runs', { blueprint: 'planted', input: { mark, how, text } });
    return String(body['id']);
  };
  const look = () => lookFor(wordsOf(mark));

  const held = await start('hold', 'x');
  const client = connectTemporal(baton.config, createDataConverter(baton.config));
  const service = new HistoryService(client);
  const beaten = async () => (await service.describe(held)).pendingActivities.some((each) => each.heartbeatDetails);
  await until('a heartbeat', beaten);
  const onDisk = new Set(await look());
  await api.post(`/v1/runs/${held}/cancel`, { reason: say('cancelled') });

  const terminated = await start('hold', 'x');
  const { runId } = await service.describe(terminated);
  const context = { client, service, config: baton.config };
  await terminateExecution(context, { run: terminated, runId }, say('terminated'), { by: anonymous });
  await client.connection.close();

  const failed = await start('fail', 'x');
  // Over the size that stays in the history.
  const completed = await start('complete', `${say('input')} ${'x'.repeat(70_000)} ${say('large')}`);
  await answer(api, completed, { text: say('answer') });

  const all = [completed, held, terminated, failed];
  const logs: unknown[] = [];
  for (const run of all) {
    logs.push(await api.eventsToEnd(run));
    logs.push((await api.get(`/v1/runs/${run}`)).body);
  }
  await until('what was logged', async () => (await linesOf(api, completed)).includes(say('logged')));
  const missing = told.filter((place) => !JSON.stringify(logs).includes(say(place)));
  if (missing.length > 0) throw new Error(`the gateway does not tell ${missing.join(', ')}`);
  for (const found of await look()) onDisk.add(found);
  return { completed, all, onDisk: wordsOf(mark).filter((each) => onDisk.has(each)) };
}

/** What its agents have logged. */
export async function linesOf(api: Api, run: string): Promise<string> {
  return JSON.stringify((await api.get(`/v1/runs/${run}/logs`)).body['items']);
}

/** Answers the run's open question. */
export async function answer(api: Api, run: string, given: Record<string, unknown>): Promise<void> {
  const events = await api.eventsUntil(run, ({ type }) => type === 'question.asked');
  const { id } = (events.at(-1)?.data['question'] ?? {}) as { id?: string };
  const { status } = await api.post(`/v1/runs/${run}/questions/${id}/answer`, { answer: given });
  if (status !== 200 && status !== 202) throw new Error(`the answer got ${status}`);
}

/** The blob that an agent's event refers to. */
export function blobOf(log: readonly RunEvent[]): string {
  const { blob } = log.find(({ type, data }) => type === 'agent.emitted' && 'blob' in data)?.data ?? {};
  return (blob as { ref: string }).ref;
}

/** In the bytes of their files. */
export const inFolders =
  (folders: readonly string[]): Look =>
  async (words) =>
    (await Promise.all(folders.map((folder) => foundIn(folder, words)))).flat();

async function foundIn(folder: string, words: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const each of words) if (bytes.includes(each)) found.add(each);
  }
  return [...found];
}
