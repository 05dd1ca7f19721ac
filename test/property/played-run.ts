/** Runs of a story: begun, lived to their end with all that people and outsiders do, and read as clients have them. */
import { expect } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { endedStatuses, type RunState } from '../../protocol/schemas/state.ts';
import { anonymous, readUntil } from '../harness/baton.ts';
import { Api } from '../harness/gateway.ts';
import { unique } from '../harness/temporal-server.ts';
import { TestSocket } from '../harness/test-socket.ts';
import type { Message, Story, World } from './blueprints/story.ts';
import type { Meddler } from './meddler.ts';

/** A story with all that it needs. */
export interface Play {
  world: World;
  meddler: Meddler;
  blueprint: string;
  story: Story;
  messages: readonly Message[];
}

const timeoutMs = 120_000;

export function newId({ blueprint }: Play): string {
  return unique(blueprint);
}

export async function begin(play: Play, run: string): Promise<void> {
  const { world, blueprint, messages } = play;
  const input = messages[0]?.input;
  const { status, body } = await new Api(world.gateway.url).post('/v1/runs', { blueprint, input, id: run });
  expect({ status, body }).toMatchObject({ status: 201 });
}

export interface Way {
  /** `badly`: so that outsiders make it fail. Default `well`. */
  how?: 'well' | 'badly';
  /** Ends when this step has begun, and is at work. */
  until?: string;
  /** Called when there is a run. */
  begun?: () => Promise<void>;
}

/** Every message of the story, one after another, as long as all goes well: how the run stands after each. */
export async function live(play: Play, run: string, way: Way = {}): Promise<RunState[]> {
  const states: RunState[] = [];
  await begin(play, run);
  await way.begun?.();
  for (const [index, { input }] of play.messages.entries()) {
    if (index > 0) {
      const sent = await new Api(play.world.gateway.url).post(`/v1/runs/${run}/messages`, { input });
      expect(sent).toMatchObject({ status: 200 });
    }
    await toEnd(play, run, states.at(-1)?.lastSeq ?? 0, way);
    const state = await stateOf(play, run);
    states.push(state);
    if (state.status !== 'completed') break;
  }
  return states;
}

/** What comes after the cursor until the run has ended, while whatever is asked is answered. */
export async function toEnd(
  play: Play,
  run: string,
  after: number,
  { how = 'well', until }: Omit<Way, 'begun'> = {},
): Promise<RunEvent[]> {
  const { world, story } = play;
  if (until === undefined) await story.play?.(world, run, how);
  const events: RunEvent[] = [];
  for (;;) {
    events.push(...(await toQuestionOrEnd(play, run, after + events.length, until)));
    const { type = '', step, data = {} } = events.at(-1) ?? {};
    if (isEnd(type) || (type === 'agent.started' && step === until)) return events;
    const question = data['question'] as Question;
    const answer = story.answer?.(question) ?? null;
    if (answer !== null) await world.gateway.baton.engine.runs.answer(run, question.id, answer, anonymous);
  }
}

/** Or to the beginning of a step. */
export function toQuestionOrEnd({ world }: Play, run: string, after: number, until?: string): Promise<RunEvent[]> {
  const fits = ({ type, step, data }: RunEvent) =>
    isEnd(type) ||
    (type === 'question.asked' && data['restored'] !== true) ||
    (type === 'agent.started' && step === until);
  return readUntil(world.gateway.baton.engine, run, fits, { after, timeoutMs });
}

function isEnd(type: string): boolean {
  return type.startsWith('run.') && endedStatuses.has(type.slice('run.'.length));
}

export function stateOf({ world }: Play, run: string): Promise<RunState> {
  return world.gateway.baton.engine.runs.state(run);
}

/** Each event as it stands in the answer, to the letter. */
export async function lettersOf({ world }: Play, run: string): Promise<string[]> {
  const api = new Api(world.gateway.url);
  const letters: string[] = [];
  for (let after = 0; ;) {
    const { body } = await api.get(`/v1/runs/${run}/events?after=${after}&limit=5000`);
    const events = body['events'] as RunEvent[];
    if (events.length === 0) return letters;
    letters.push(...events.map((event) => JSON.stringify(event)));
    after = body['next'] as number;
  }
}

export function readLetters(letters: readonly string[]): RunEvent[] {
  return letters.map((letter) => JSON.parse(letter) as RunEvent);
}

/** What a run has come to, without what its story says that differs. */
export function outcomeOf({ story }: Play, state: RunState): unknown {
  const { status, result, context, error, iteration, plan, agents, progress, usage } = state;
  const calls = Object.fromEntries(
    Object.entries(agents).map(([name, { calls: count, status: last }]) => [name, { count, last }]),
  );
  const outcome = structuredClone({ status, result, context, error, iteration, plan, calls, progress, usage });
  for (const path of Object.keys(story.differs ?? {})) blank(outcome, path.split('.'));
  return outcome;
}

function blank(value: unknown, [key = '', ...rest]: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  const inner = value as Record<string, unknown>;
  for (const name of key === '*' ? Object.keys(inner) : [key]) {
    if (!Object.hasOwn(inner, name)) continue;
    if (rest.length === 0) inner[name] = 'differs';
    else blank(inner[name], rest);
  }
}

/** Somebody who is connected from the beginning, or before it, and never leaves. */
export class Watcher implements Disposable {
  private readonly socket: TestSocket;

  private constructor(socket: TestSocket) {
    this.socket = socket;
  }

  static async of({ world }: Play, run: string): Promise<Watcher> {
    const socket = await TestSocket.open(world.gateway.wsUrl);
    expect(await socket.request('subscribe', { run, after: 0 })).toMatchObject({ ok: true });
    return new Watcher(socket);
  }

  /** That each event has come once, in its place, as it stands in the log. */
  async expectWhole(letters: readonly string[]): Promise<void> {
    const seqOf = (frame: Record<string, unknown>) => (frame['event'] as RunEvent | undefined)?.seq;
    await this.socket.until((frame) => frame['kind'] === 'event' && seqOf(frame) === letters.length);
    const events = this.socket.frames.filter(({ kind }) => kind === 'event').map(({ event }) => event);
    expect(events).toEqual(readLetters(letters));
    expect(this.socket.kinds()).not.toContain('gap');
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }
}
