/**
 * Stands in for the first agent of each of the five systems: its events are of the kind and size that the real one tells,
 * their rhythm is the bench's. It says that it is ready, waits for its cue, tells its ticks one by one, each after the one
 * before it was acknowledged, and then works in silence until it is cancelled.
 */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { progressKind } from '../../../../agents/scam-analysis/contract.ts';
import { eventKinds } from '../../../../agents/request-rooms/contract.ts';
import { defineAgent, type Agent, type AgentContext } from '../../../../protocol/agent.ts';
import { crawlLinesShown } from '../../../../protocol/limits.ts';
import { monotonicMs } from '../../../clock.ts';
import { cueOf } from '../../../speech-gate.ts';
import { mark, readyMark } from '../../../speech-mark.ts';
import { speakerContract } from './contract.ts';

interface Speech {
  agent: string;
  progress?: 'durable';
  /** What is there before anybody listens; holds `readyMark`. */
  prepare(ctx: AgentContext): void;
  /** Between two ticks, unmarked: an event that belongs to the next. */
  before?(ctx: AgentContext, index: number): void;
  tick(ctx: AgentContext, words: string, place: { index: number; count: number }): void;
}

/** As a real plan, and enough for the ticks. */
const plannedSteps = 60;
const sitePages = 1_000;

const speeches: readonly Speech[] = [
  {
    agent: 'research_agent',
    progress: 'durable',
    prepare: (ctx) => ctx.progress(0.01, readyMark),
    tick: (ctx, words, { index, count }) => ctx.progress((index + 1) / (count + 2), `Reading the manifests: ${words}`),
  },
  {
    agent: 'scam-analyst',
    prepare: (ctx) => void ctx.emit(progressKind, recordOf(0, readyMark)),
    tick: (ctx, words, { index }) =>
      void ctx.emit(progressKind, recordOf(index + 1, `Looking up the number in the database: ${words}`)),
  },
  {
    agent: 'mgx-product-manager',
    prepare: (ctx) => void ctx.emit('mgx.message', { text: readyMark }),
    tick: (ctx, words, { index }) =>
      void ctx.emit('mgx.message', { text: `Requirement ${index} is written down: ${words}`, requirement: index }),
  },
  {
    agent: 'crawler',
    // A record has its last lines with it: the full number of them is there from the first tick on.
    prepare: (ctx) => {
      void ctx.emit('crawl.stage', { stage: 'crawling', percentage: 15, url: siteUrl(''), total: sitePages });
      for (let page = 1; page <= crawlLinesShown; page++) void ctx.emit('crawl.page', pageOf(page, readyMark));
    },
    tick: (ctx, words, { index }) => void ctx.emit('crawl.page', pageOf(crawlLinesShown + 1 + index, words)),
  },
  {
    agent: 'thought-agent',
    prepare: (ctx) => {
      const steps = Array.from({ length: plannedSteps }, (_, at) => ({ order: at + 1, action: 'calculate' }));
      void ctx.emit(eventKinds.plan, { steps: steps.map((step) => ({ id: `${readyMark}-${step.order}`, ...step })) });
    },
    before: (ctx, index) => void ctx.emit(eventKinds.step, stepOf(index, { status: 'running' })),
    tick: (ctx, words, { index }) =>
      void ctx.emit(eventKinds.step, stepOf(index, { status: 'completed', result: { expression: words, value: 42 } })),
  },
];

export const agents: readonly Agent<unknown, null>[] = speeches.map((speech) =>
  defineAgent<unknown, null>({
    contract: speakerContract(speech.agent, speech.progress ?? 'live'),
    async run(ctx) {
      speech.prepare(ctx);
      await ctx.settled();
      const aborted = once(ctx.signal, 'abort');
      const { count, gapMs } = (await Promise.race([cueOf(ctx.run), aborted.then(() => null)])) ?? silence;
      for (let index = 0; index < count; index++) {
        if (speech.before) {
          await setTimeout(gapMs, undefined, { signal: ctx.signal });
          speech.before(ctx, index);
          await ctx.settled();
        }
        await setTimeout(gapMs, undefined, { signal: ctx.signal });
        speech.tick(ctx, mark(index, monotonicMs()), { index, count });
        await ctx.settled();
      }
      await aborted;
      throw ctx.signal.reason;
    },
  }),
);

const silence = { count: 0, gapMs: 0 };

function recordOf(n: number, message: string): Record<string, unknown> {
  return { n: n + 1, step: 'scam_db', tool: 'scam_database', message, percent: 20, error: false };
}

function siteUrl(page: string): string {
  return `https://docs.site.example/guides/${page}`;
}

/** One page of ten is not there. */
function pageOf(processed: number, words: string): Record<string, unknown> {
  const told = { url: siteUrl(words), depth: 2, processed, total: sitePages, percentage: 40 };
  return processed % 10 === 0
    ? { ...told, status: 'failed', reason: 'http_status', message: 'the server answers 404', httpStatus: 404 }
    : { ...told, status: 'ok', title: 'A page of the guides', characters: 4_000, links: 12 };
}

function stepOf(index: number, more: Record<string, unknown>): Record<string, unknown> {
  return { stepId: `${readyMark}-${index + 1}`, stepOrder: index + 1, tool: 'calculate', ...more };
}
