/** What must hold of every log, whatever was done to its run: numbers and contents. */
import { isDeepStrictEqual } from 'node:util';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Action, Script } from './run-plan.ts';

const endings = new Set(['run.completed', 'run.failed', 'run.cancelled', 'run.terminated', 'run.timed_out']);
const causes = new Set(['run.started', 'run.reset', 'run.retried', 'run.continued']);

/** Every violation, in words. */
export function checkLog(events: readonly RunEvent[], scripts: readonly Script[]): string[] {
  return [...checkNumbers(events), ...checkEnds(events), ...checkAnswers(events), ...checkSteps(events, scripts)];
}

function* checkNumbers(events: readonly RunEvent[]): Generator<string> {
  for (const [index, { seq, type }] of events.entries())
    if (seq !== index + 1) yield `place ${index + 1} has seq ${seq} (${type})`;
}

function* checkEnds(events: readonly RunEvent[]): Generator<string> {
  if (!endings.has(events.at(-1)?.type ?? '')) yield `it ends with ${events.at(-1)?.type}`;
  if (events[0]?.type !== 'run.started') yield `it begins with ${events[0]?.type}`;
  for (const [index, { type, seq }] of events.entries()) {
    const before = events[index - 1]?.type ?? '';
    if (endings.has(before) && !causes.has(type)) yield `${type} stands at ${seq}, after ${before}`;
  }
}

function* checkAnswers(events: readonly RunEvent[]): Generator<string> {
  const requests = new Set<unknown>();
  const open = new Map<string, { need: number; have: number }>();
  for (const { type, data, seq } of events) {
    if (type === 'question.asked') {
      const { id, answersNeeded } = data['question'] as { id: string; answersNeeded: number };
      if (open.has(id)) yield `question ${id} is asked twice`;
      if (id !== `q-${seq}`) yield `question ${id} stands at ${seq}`;
      open.set(id, { need: answersNeeded, have: 0 });
    }
    if (type !== 'question.answered') continue;
    const question = open.get(String(data['question']));
    if (requests.has(data['requestId'])) yield `answer ${String(data['requestId'])} is applied twice`;
    requests.add(data['requestId']);
    if (!question || question.have >= question.need) yield `an answer at ${seq} to a question that is not open`;
    else if (++question.have !== data['have']) yield `answer ${seq} says have ${String(data['have'])}`;
  }
}

interface Step {
  name: string;
  script: Action[] | null;
  /** How many times it has asked or delegated. */
  handOvers: number;
  /** Items by attempt, of the part of the script between two hand-overs. */
  attempts: Map<number, { kind: unknown; index: unknown }[]>;
  newest: number;
  startedAt: number;
}

/** Steps are told apart by when they began: a retry, and a reset, begin one of the same name anew. */
function* checkSteps(events: readonly RunEvent[], scripts: readonly Script[]): Generator<string> {
  const open = new Map<string, Step>();
  for (const event of events) {
    const { type, step: name, attempt = 1, data, seq } = event;
    if (causes.has(type)) open.clear();
    if (name === undefined) continue;
    if (type === 'agent.started') {
      const step = { name, script: null, handOvers: 0, attempts: new Map(), newest: 0, startedAt: seq };
      if (open.has(name)) yield `${name} begins at ${seq} while it is open`;
      open.set(name, step);
      continue;
    }
    const step = open.get(name);
    // Whoever answers too late hears it after the step is over.
    if (!step && type === 'question.answer_refused') continue;
    if (!step) {
      yield `${type} of ${name} at ${seq}, which is not open`;
      continue;
    }
    if (type === 'agent.emitted') {
      if (attempt < step.newest) yield `attempt ${attempt} of ${name} emits at ${seq}, after attempt ${step.newest}`;
      step.newest = Math.max(step.newest, attempt);
      const { kind, index } = itemOf(data);
      step.script ??= scriptOf(String(kind), scripts);
      step.attempts.set(attempt, [...(step.attempts.get(attempt) ?? []), { kind, index }]);
    }
    const isHandOver =
      type === 'question.asked' || (type === 'supervisor.routed' && data['instructions'] !== undefined);
    const isOver = type === 'agent.completed' || type === 'agent.failed';
    if (isHandOver || isOver) {
      yield* checkItems(step, type === 'agent.failed');
      step.handOvers += 1;
      step.attempts = new Map();
      // The agents that come back go on counting attempts.
    }
    if (isOver) open.delete(name);
  }
}

/** The last attempt has emitted all, in order; those before it, and that of a failed step, the beginning of it. */
function* checkItems(step: Step, isFailed: boolean): Generator<string> {
  if (!step.script) return;
  const expected = itemsBetween(step.script, step.handOvers);
  const attempts = [...step.attempts.entries()];
  for (const [index, [attempt, items]] of attempts.entries()) {
    const mayBePart = isFailed || index < attempts.length - 1;
    const wanted = mayBePart ? expected.slice(0, items.length) : expected;
    if (!isDeepStrictEqual(items, wanted)) {
      const at = items.findIndex((item, place) => !isDeepStrictEqual(item, wanted[place]));
      yield (
        `attempt ${attempt} of ${step.name} (from ${step.startedAt}) has ${items.length} of ${wanted.length} items, ` +
          `first wrong at ${at}: ${JSON.stringify(items[at])} for ${JSON.stringify(wanted[at])}`
      );
    }
  }
}

function itemsBetween(script: readonly Action[], handOvers: number): { kind: string; index: number }[] {
  const items: { kind: string; index: number }[] = [];
  let part = 0;
  let emitted = 0;
  for (const action of script) {
    if (action.do === 'ask' || action.do === 'delegate') {
      part += 1;
      emitted = 0;
      continue;
    }
    if (action.do !== 'emit') continue;
    for (let index = 0; index < action.count; index++)
      if (part === handOvers) items.push({ kind: action.kind, index: emitted + index });
    emitted += action.count;
  }
  return items;
}

function itemOf(data: Record<string, unknown>): { kind: unknown; index: unknown } {
  return { kind: data['kind'], index: data['index'] };
}

/** `s0.2` is an emit of the first script, `s0.2.1` of what it delegates. */
function scriptOf(kind: string, scripts: readonly Script[]): Action[] {
  const [first = '', ...places] = kind.split('.');
  let script = scripts[Number(first.slice(1))]?.script ?? [];
  for (const place of places.slice(0, -1)) {
    const action = script[Number(place)];
    script = action?.do === 'delegate' ? action.script : [];
  }
  return script;
}
