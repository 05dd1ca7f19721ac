/** Everything that loads Baton from outside, in a process of its own. */
import { Commander } from '../commander.ts';
import { monotonicMs } from '../clock.ts';
import { Audience, type Line, type Seat } from './audience.ts';
import { processUse } from './process-use.ts';
import { resumeAll } from './resumes.ts';
import { servePart } from './serve-part.ts';
import { Watchers } from './watchers.ts';

const watchers = new Watchers();
const audience = new Audience();
const idle = new Set<Commander>();

const methods = {
  use: processUse,
  open: (where: { port: number; path: string; count: number }) => watchers.open(where),
  subscribe: (run: string) => watchers.subscribe(run),
  arrivals: (ticks: number) => watchers.arrivals(ticks),
  closeAll: () => watchers.closeAll(),
  resumeAll,

  join: (seat: Seat) => audience.join(seat),
  wait: (where: { port: number; paths: string[]; greeting: Line[] }) => audience.wait(where),
  heard: (ticks: number) => audience.heard(ticks),
  present: () => audience.present(),
  leave: () => audience.leave(),

  /** Starts a run and subscribes to it, as a client does: from sending `start` to what comes. */
  start: async ({ port, rounds }: { port: number; rounds: number }) => {
    const client = await Commander.open(port);
    const times: { firstEventMs: number; agentStartedMs: number; repliedMs: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const run = `start-${process.pid}-${round}-${Date.now()}`;
      const first = client.event(run, () => true).then(monotonicMs);
      const started = client.event(run, ({ type }) => type === 'agent.started').then(monotonicMs);
      const ended = client.event(run, ({ type }) => type === 'run.completed');
      const from = monotonicMs();
      const input = { count: 0, together: 1, gapMs: 0, bytes: 0 };
      await client.request('start', { blueprint: 'bench-talk', input, run });
      const repliedMs = monotonicMs() - from;
      await client.request('subscribe', { run });
      times.push({ repliedMs, firstEventMs: (await first) - from, agentStartedMs: (await started) - from });
      await ended;
    }
    client.close();
    return times;
  },

  /** From sending an answer to the agent's going on, by the agent's own clock, and to the event at this client. */
  answer: async ({ port, rounds }: { port: number; rounds: number }) => {
    const client = await Commander.open(port);
    const times: { resumedMs: number; answeredMs: number; completedMs: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const run = `answer-${process.pid}-${round}-${Date.now()}`;
      await client.request('start', { blueprint: 'bench-ask', input: {}, run });
      const asked = client.event(run, ({ type }) => type === 'question.asked');
      const answered = client.event(run, ({ type }) => type === 'question.answered').then(monotonicMs);
      const completed = client.event(run, ({ type }) => type === 'agent.completed');
      const ended = client.event(run, ({ type }) => type === 'run.completed');
      await client.request('subscribe', { run });
      const { id } = (await asked).data['question'] as { id: string };
      const from = monotonicMs();
      void client.request('answer', { run, question: id, answer: true });
      const { resumedAt } = (await completed).data['result'] as { resumedAt: number };
      times.push({
        resumedMs: resumedAt - from,
        answeredMs: (await answered) - from,
        completedMs: monotonicMs() - from,
      });
      await ended;
    }
    client.close();
    return times;
  },

  /** From sending a cancel to the run's last event at this client. */
  cancel: async ({ port, rounds }: { port: number; rounds: number }) => {
    const client = await Commander.open(port);
    const endedMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const run = `cancel-${process.pid}-${round}-${Date.now()}`;
      await client.request('start', { blueprint: 'bench-hold', input: {}, run });
      const started = client.event(run, ({ type }) => type === 'agent.started');
      const ended = client.event(run, ({ type }) => type === 'run.cancelled');
      await client.request('subscribe', { run });
      await started;
      const from = monotonicMs();
      await client.request('cancel', { run, reason: 'bench' });
      await ended;
      endedMs.push(monotonicMs() - from);
    }
    client.close();
    return { endedMs };
  },

  /** Starts runs that wait for a person, and returns when each has asked. */
  ask: async ({ port, runs }: { port: number; runs: string[] }) => {
    const client = await Commander.open(port);
    const inFlight = 20;
    for (let at = 0; at < runs.length; at += inFlight) {
      await Promise.all(
        runs.slice(at, at + inFlight).map(async (run) => {
          const asked = client.event(run, ({ type }) => type === 'question.asked');
          await client.request('start', { blueprint: 'bench-ask', input: {}, run });
          await client.request('subscribe', { run });
          await asked;
          await client.request('unsubscribe', { run });
        }),
      );
    }
    client.close();
  },

  /** Watches runs on one socket, until `letGo`. */
  watchRuns: async ({ port, runs }: { port: number; runs: string[] }) => {
    const client = await Commander.open(port);
    idle.add(client);
    for (let at = 0; at < runs.length; at += 50)
      await Promise.all(runs.slice(at, at + 50).map((run) => client.request('subscribe', { run })));
  },
  letGo: () => {
    for (const client of idle) client.close();
    idle.clear();
  },
  stop: () => {
    setImmediate(() => process.exit(0));
  },
};
export type ClientMethods = typeof methods;

servePart(methods);
