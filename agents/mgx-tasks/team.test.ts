import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { z } from 'zod';
import type { AgentContext } from '../../protocol/agent.ts';
import type { BlobRef } from '../../protocol/schemas/event.ts';
import type { Model, ModelRequest } from '../../runtime/model/model.ts';
import { createTeam } from './agent.ts';
import type { Artifact, Delivery, MgxInput } from './contract.ts';
import { tasksOf } from './plan-tasks.ts';
import { reportOn } from './check-files.ts';

interface Emitted {
  kind: string;
  data: Record<string, unknown>;
}

/** A run in memory: what the engine gives its agents. */
class Workplace {
  readonly blobs = new Map<string, Uint8Array>();
  readonly emitted = new Map<string, Emitted[]>();
  readonly context: Record<string, unknown> = {};
  checkpoints: unknown[] = [];
  readonly fractions: number[] = [];
  readonly stop = new AbortController();

  forRole(agent: string, resumedFrom?: unknown): AgentContext {
    const emitted: Emitted[] = [];
    this.emitted.set(agent, emitted);
    const say = () => undefined;
    return {
      run: 'run-1',
      step: `${agent}#1`,
      attempt: 1,
      owner: null,
      instructions: null,
      context: this.context,
      returned: [],
      signal: this.stop.signal,
      idempotencyKey: agent,
      workId: 'work',
      resumedFrom,
      progress: (fraction) => void this.fractions.push(fraction),
      text: say,
      emit: async (kind, data = {}) => void emitted.push({ kind, data }),
      settled: async () => undefined,
      checkpoint: (value) => void this.checkpoints.push(structuredClone(value)),
      storeBlob: async (bytes, type) => this.store(bytes, type),
      readBlob: async ({ ref }) => this.blobs.get(ref) ?? new Uint8Array(),
      log: { debug: say, info: say, warn: say, error: say },
    };
  }

  text({ blob }: Artifact): string {
    return Buffer.from(this.blobs.get(blob.ref) ?? '').toString('utf8');
  }

  private store(bytes: Uint8Array, type: string): BlobRef {
    const ref = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    this.blobs.set(ref, bytes);
    return { ref, bytes: bytes.length, type };
  }
}

const wish = (prompt: string, more: Partial<MgxInput> = {}): MgxInput => ({
  prompt,
  title: null,
  testMode: false,
  ...more,
});

/** All five roles, one after the other. */
async function deliver(input: MgxInput, model: Model | null = null, place = new Workplace()) {
  let last: Delivery | null = null;
  for (const agent of createTeam({ model, paceMs: 0 })) {
    const result = await agent.run(place.forRole(agent.contract.name), input);
    if (!('done' in result)) throw new Error('a role neither asks nor delegates');
    Object.assign(place.context, result.update);
    last = agent.contract.output.parse(result.done);
  }
  const artifacts = new Map(last?.artifacts.map((artifact) => [artifact.name, place.text(artifact)]));
  const json = (name: string): unknown => JSON.parse(artifacts.get(name) ?? 'null');
  return { place, delivery: last as Delivery, artifacts, json };
}

test('each role says and delivers something, and what it delivers is as the contract has it', async () => {
  const { place, delivery, json } = await deliver(wish('A page that lists my books'));
  for (const emitted of place.emitted.values()) expect(emitted.length).toBeGreaterThanOrEqual(2);
  const requirements = json('requirements.json') as {
    goals: string[];
    user_stories: string[];
    requirements: { text: string }[];
  };
  expect(requirements.goals.length).toBeGreaterThan(0);
  expect(requirements.user_stories.length).toBeGreaterThanOrEqual(3);
  expect(requirements.requirements.length).toBeGreaterThanOrEqual(3);
  for (const { text } of requirements.requirements) expect(text).toMatch(/book/);
  const files = (json('files.json') as { path: string; interfaces: string[] }[]).map(({ path }) => path);
  const tasks = json('tasks.json') as { id: string; order: number; file: string; depends_on: string[] }[];
  expect(tasks.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
  expect(tasks.map(({ order }) => order)).toEqual(tasks.map((_, index) => index + 1));
  for (const { order, depends_on: needs } of tasks)
    for (const id of needs) expect(tasks.find((task) => task.id === id)?.order).toBeLessThan(order);
  for (const path of files) expect(delivery.artifacts.map(({ name }) => name)).toContain(path);
  const report = json('report.json') as { passed: number; failed: number; checks: unknown[] };
  expect(report).toMatchObject({ failed: 0, passed: report.checks.length });
  expect(delivery.report).toEqual({ passed: report.passed, failed: 0 });
  expect(place.fractions.every((fraction) => fraction > 0 && fraction < 1)).toBe(true);
});

test('the same prompt gives the same artifacts, another one others', async () => {
  const first = await deliver(wish('make a to-do app'));
  const second = await deliver(wish('make a to-do app'));
  expect(second.artifacts).toEqual(first.artifacts);
  const other = await deliver(wish('make a recipe app'));
  expect(other.artifacts.get('requirements.json')).not.toBe(first.artifacts.get('requirements.json'));
});

test.each(['A page that lists my books', 'make a to-do app', "my son's recipes with title and time", '写一个图书应用'])(
  'what is delivered for "%s" passes its own tests',
  async (prompt) => {
    const { artifacts, json } = await deliver(wish(prompt));
    const folder = mkdtempSync(join(tmpdir(), 'mgx-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const { path } of json('files.json') as { path: string }[]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), artifacts.get(path) ?? '');
    }
    const env = { PATH: process.env['PATH'] };
    const ran = spawnSync(process.execPath, ['--test', '--test-reporter=tap'], { cwd: folder, encoding: 'utf8', env });
    expect(ran.stdout).toMatch(/^# fail 0$/m);
    expect(ran.stdout).toMatch(/^# pass [1-9]/m);
    const loaded = spawnSync(process.execPath, ['src/main.js'], { cwd: folder, encoding: 'utf8', env });
    expect(loaded.stderr).toBe('');
  },
);

test('the report names what is empty, in no task, or refers to what is not there', () => {
  const file = (path: string) => ({ path, purpose: 'x', interfaces: [], needs: [] });
  const files = ['index.html', 'a.js', 'b.json', 'empty.md'].map(file);
  const tasks = tasksOf(files.slice(0, 3));
  const contents = new Map([
    ['index.html', '<script src="a.js"></script><link href="gone.css"><a href="https://example.com/">'],
    ['a.js', "import { x } from './lost.js';"],
    ['b.json', '{'],
    ['empty.md', ' \n'],
  ]);
  const { passed, failed, checks } = reportOn(files, tasks, contents);
  expect(checks.filter((check) => !check.passed).map(({ file: path, check, note }) => [path, check, note])).toEqual([
    ['index.html', 'refers only to files that are there', 'gone.css'],
    ['a.js', 'refers only to files that are there', 'lost.js'],
    ['b.json', 'is JSON', 'as its name says'],
    ['empty.md', 'not empty', '0 characters'],
    ['empty.md', 'covered by a task', 'no task'],
  ]);
  expect([passed, failed]).toEqual([checks.length - 5, 5]);
});

test('files that need each other are still each in one task', () => {
  const file = (path: string, needs: string[]) => ({ path, purpose: 'x', interfaces: [], needs });
  const tasks = tasksOf([file('a', ['b']), file('b', ['a', 'nowhere']), file('c', ['c'])]);
  expect(tasks.map(({ file: path, depends_on: needs }) => [path, needs])).toEqual([
    ['b', []],
    ['a', ['T1']],
    ['c', []],
  ]);
});

/** A model that answers by the schema that it is asked for. */
class ScriptedModel implements Model {
  readonly name = 'test/scripted';
  asked: string[] = [];
  answers: Record<string, unknown> = {
    requirements: {
      title: 'Shelf',
      goals: ['one'],
      user_stories: ['a', 'b', 'c'],
      requirements: ['1', '2', '3'].map((id) => ({ id, text: `text ${id}` })),
    },
    files: {
      files: [
        { path: 'b.txt', purpose: 'second', interfaces: [], needs: ['a.txt'] },
        { path: 'a.txt', purpose: 'first', interfaces: [], needs: [] },
      ],
    },
    titles: { titles: [{ path: 'a.txt', title: 'Write the first' }] },
    content: { content: 'written by a model' },
  };

  text(): never {
    throw new Error('only objects are asked for');
  }

  async object<T>({ schema, onText }: ModelRequest & { schema: z.ZodType<T> }) {
    const [key, answer] = Object.entries(this.answers).find(([, value]) => schema.safeParse(value).success) ?? [];
    this.asked.push(key ?? 'nothing');
    onText?.('…');
    return { value: schema.parse(answer), usage: { inputTokens: 1, outputTokens: 1 } };
  }
}

test('with a model the same roles let it write, and still plan and check themselves', async () => {
  const model = new ScriptedModel();
  const { json, artifacts, delivery } = await deliver(wish('anything'), model);
  expect(model.asked).toEqual(['requirements', 'files', 'titles', 'content', 'content']);
  expect((json('requirements.json') as { title: string }).title).toBe('Shelf');
  expect(json('tasks.json') as { file: string; title: string }[]).toMatchObject([
    { file: 'a.txt', title: 'Write the first' },
    { file: 'b.txt', title: 'Write b.txt: second', depends_on: ['T1'] },
  ]);
  expect(artifacts.get('b.txt')).toBe('written by a model');
  expect(delivery.report?.failed).toBe(0);
});

test('in test mode no model is asked, and a title that was given is kept', async () => {
  const model = new ScriptedModel();
  const { json } = await deliver(wish('anything', { testMode: true, title: 'Mine' }), model);
  expect(model.asked).toEqual([]);
  expect((json('requirements.json') as { title: string }).title).toBe('Mine');
});

test('an attempt that follows another does not ask the model again for what it has written', async () => {
  const model = new ScriptedModel();
  const { place } = await deliver(wish('anything'), model);
  model.asked = [];
  const [engineer] = createTeam({ model, paceMs: 0 }).filter(({ contract }) => contract.name === 'mgx-engineer');
  await engineer?.run(place.forRole('mgx-engineer', place.checkpoints.at(-1)), wish('anything'));
  expect(model.asked).toEqual([]);
});

test('the pace of a role ends at once when it is told to stop', async () => {
  const place = new Workplace();
  const [productManager] = createTeam({ model: null, paceMs: 60_000 });
  const running = productManager?.run(place.forRole('mgx-product-manager'), wish('anything'));
  place.stop.abort();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
});
