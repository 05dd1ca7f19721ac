/** What each operation of a frame does: the reply's fields as JSON text, and what follows the reply. */
import type { z } from 'zod';
import { BatonError } from '../../protocol/errors.ts';
import { openQuestionsPerSocket, subscriptionsPerSocket } from '../../protocol/limits.ts';
import { eventsQuerySchema, questionsQuerySchema, type CommandOptions } from '../../protocol/schemas/commands.ts';
import { runsQuerySchema } from '../../protocol/schemas/runs-query.ts';
import { timelineQuerySchema } from '../../protocol/schemas/timeline.ts';
import type { Op, Request } from '../../protocol/schemas/frames.ts';
import { awaitPosition } from '../cursor/await-position.ts';
import { readPage } from '../cursor/read-page.ts';
import { parseWith } from '../http/parse.ts';
import { present } from '../present.ts';
import { Attendance } from './attendance.ts';
import type { Session } from './session.ts';
import { Subscription } from './subscription.ts';
import { Watch } from './watch.ts';

export interface Outcome {
  fields: string;
  followUp?: () => void;
}

type Operation<Name extends Op> = (
  session: Session,
  request: Extract<Request, { op: Name }>,
) => Outcome | Promise<Outcome>;

const nothing: Outcome = { fields: '' };
/** An operation that never waits for a signal. */
const never = new AbortController().signal;

const operations: { [Name in Op]: Operation<Name> } = {
  async start({ guard }, { run, idempotencyKey, blueprint, input, hold }) {
    const command = present({ blueprint, input, hold, id: run });
    const started = await guard.start(command, present({ idempotencyKey }));
    return fields({ run: started.run, created: started.created });
  },
  async begin({ guard }, { run }) {
    await guard.begin(run);
    return nothing;
  },
  subscribe,
  unsubscribe({ subscriptions }, { run }) {
    subscriptions?.get(run)?.[Symbol.dispose]();
    subscriptions?.delete(run);
    return nothing;
  },
  answer: async ({ guard }, { run, question, answer, onBehalfOf }) =>
    fields(await guard.answer(run, question, answer, present({ onBehalfOf }))),
  'open-question': openQuestion,
  'close-question'({ attendances }, { run, question }) {
    const key = keyOfQuestion(run, question);
    attendances?.get(key)?.[Symbol.dispose]();
    attendances?.delete(key);
    return nothing;
  },
  async cancel({ guard }, { run, reason, mode, ifSeq }) {
    await guard.cancel(run, present({ reason, mode }), present({ ifSeq }));
    return nothing;
  },
  message: async ({ guard }, { run, input, ...rest }) =>
    fields({ run: await guard.message(run, input, optionsOf(rest)) }),
  async retry({ guard }, { run, dryRun, ...rest }) {
    if (dryRun) return fields(await guard.predict(run, { command: 'retry' }));
    return fields({ run: await guard.retry(run, optionsOf(rest)) });
  },
  async resume({ guard }, { run, edits, dryRun, ...rest }) {
    if (dryRun) return fields(await guard.predict(run, { command: 'resume', ...present({ edits }) }));
    return fields({ run: await guard.resume(run, present({ edits }), optionsOf(rest)) });
  },
  async reset({ guard }, { run, step, edits, dryRun, ...rest }) {
    const command = present({ step, edits });
    if (dryRun) return fields(await guard.predict(run, { command: 'reset', ...command }));
    return fields({ run: await guard.reset(run, command, optionsOf(rest)) });
  },
  async fork({ guard }, { run, newRun, step, edits, dryRun, ...rest }) {
    const command = present({ id: newRun, step, edits });
    if (dryRun) return fields(await guard.predict(run, { command: 'fork', ...command }));
    return fields({ run: await guard.fork(run, command, optionsOf(rest)) });
  },
  pause: async ({ guard }, { run, step, reason, ...rest }) =>
    fields({ run: await guard.pause(run, present({ step, reason }), optionsOf(rest)) }),
  async unpause({ guard }, { run, step, force, dryRun, ...rest }) {
    if (dryRun) return fields(await guard.predict(run, { command: 'unpause', ...present({ step }) }));
    return fields({ run: await guard.unpause(run, present({ step, force }), optionsOf(rest)) });
  },
  async 'retry-step'({ guard }, { run, step, force, dryRun, ...rest }) {
    if (dryRun) return fields(await guard.predict(run, { command: 'retry-step', ...present({ step }) }));
    return fields({ run: await guard.retryStep(run, present({ step, force }), optionsOf(rest)) });
  },
  terminate: async ({ guard }, { run, reason, ...rest }) =>
    fields({ run: await guard.terminate(run, present({ reason }), optionsOf(rest)) }),
  state: async ({ guard }, { run }) => fields({ state: await guard.state(run) }),
  timeline: async ({ guard }, { run, after, limit }) =>
    fields({ timeline: await guard.timeline(run, parseWith(timelineQuerySchema, present({ after, limit }))) }),
  async events({ guard, context }, { run, after, limit }) {
    const asked = parseWith(eventsQuerySchema, present({ after, limit }));
    const page = await readPage(await guard.open(run), asked, never);
    context.metrics.eventsSent.inc({ transport: 'poll' }, page.entries.length);
    const { entries, ...rest } = page;
    const events = entries.map((entry) => entry.json).join(',');
    return { fields: `"events":[${events}],${inside(rest)}` };
  },
  runs: async ({ guard }, { filter }) => fields(await guard.list(parseFilter(runsQuerySchema, filter))),
  questions: async ({ guard }, { filter }) => fields(await guard.questions(parseFilter(questionsQuerySchema, filter))),
  blueprints: ({ guard }) => fields({ items: guard.blueprints(), nextCursor: null }),
  watch(session, { what, filter = {} }) {
    session.watches ??= new Map<string, Watch>();
    session.watches.get(what)?.[Symbol.dispose]();
    const watch = new Watch(session, what);
    session.watches.set(what, watch);
    watch.attach(session.guard.watch(what, present(filter), (change) => watch.changed(change)));
    return nothing;
  },
  unwatch({ watches }, { what }) {
    watches?.get(what)?.[Symbol.dispose]();
    watches?.delete(what);
    return nothing;
  },
  ping: () => fields({ at: new Date().toISOString() }),
};

/** Errors: those of the guard and the engine, invalid_request, cursor_ahead, subscription_limit. */
export function operate(session: Session, request: Request): Outcome | Promise<Outcome> {
  const operation = operations[request.op] as Operation<Op>;
  return operation(session, request);
}

export function isOp(op: unknown): op is Op {
  return typeof op === 'string' && Object.hasOwn(operations, op);
}

/** Subscribing again to the same run moves the cursor. */
async function subscribe(
  session: Session,
  { run, after = 0 }: Extract<Request, { op: 'subscribe' }>,
): Promise<Outcome> {
  session.subscriptions ??= new Map<string, Subscription>();
  const { subscriptions } = session;
  if (subscriptions.size >= subscriptionsPerSocket && !subscriptions.has(run))
    throw new BatonError('subscription_limit', `a socket may follow ${subscriptionsPerSocket} runs: open another`);
  subscriptions.get(run)?.[Symbol.dispose]();
  const subscription = new Subscription(session, run);
  subscriptions.set(run, subscription);
  try {
    const feed = await session.guard.open(run);
    try {
      await awaitPosition(feed, after);
    } catch (error) {
      feed[Symbol.dispose]();
      throw error;
    }
    const { lastSeq } = feed;
    if (!subscription.attach(feed, after)) return fields({ run, lastSeq });
    return { ...fields({ run, lastSeq }), followUp: () => subscription.start() };
  } catch (error) {
    subscription[Symbol.dispose]();
    if (subscriptions.get(run) === subscription) subscriptions.delete(run);
    throw error;
  }
}

/** Opening again what is open already begins anew. */
async function openQuestion(
  session: Session,
  { run, question }: Extract<Request, { op: 'open-question' }>,
): Promise<Outcome> {
  session.attendances ??= new Map<string, Attendance>();
  const { attendances } = session;
  const key = keyOfQuestion(run, question);
  if (attendances.size >= openQuestionsPerSocket && !attendances.has(key))
    throw new BatonError('subscription_limit', `a socket may have ${openQuestionsPerSocket} questions open`);
  attendances.get(key)?.[Symbol.dispose]();
  const attendance = new Attendance(session, run, question);
  attendances.set(key, attendance);
  try {
    await session.guard.requireQuestion(run, question);
    attendance.start();
    return nothing;
  } catch (error) {
    attendance[Symbol.dispose]();
    if (attendances.get(key) === attendance) attendances.delete(key);
    throw error;
  }
}

function keyOfQuestion(run: string, question: string): string {
  return `${run} ${question}`;
}

function parseFilter<T extends z.ZodType>(schema: T, filter: object | undefined): z.output<T> {
  return parseWith(schema, present(filter ?? {}));
}

function optionsOf({ requestId, ifSeq }: CommandOptions): CommandOptions {
  return present({ requestId, ifSeq });
}

function fields(value: object): Outcome {
  return { fields: inside(value) };
}

function inside(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}
