import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BatonError } from '../../protocol/errors.ts';
import { FeedMemory } from './feed-memory.ts';
import { RunFeed } from './run-feed.ts';
import { ScriptedHistory, unpack } from './scripted-history.ts';

const patiently = { interval: 1, timeout: 20_000 };

function feedOn(history: ScriptedHistory, cacheBytes = 1_000_000, onMismatch = vi.fn()): RunFeed {
  return new RunFeed(
    {
      service: history,
      decode: unpack,
      readStored: () => Promise.reject(new Error('nothing is stored')),
      memory: new FeedMemory(cacheBytes),
      onMismatch,
      onAnswer: () => undefined,
      onTailLag: () => undefined,
      onFault: () => undefined,
      onEnd: () => undefined,
    },
    'r',
  );
}
const upTo = (count: number, from = 1) => Array.from({ length: count - from + 1 }, (_, index) => from + index);

/** Reads on as a cursor does: from memory, else from the history, and where neither has more, when the feed says so. */
class Reader {
  readonly seqs: number[] = [];
  private readonly feed: RunFeed;
  private readonly limit: number;
  private reading = false;

  constructor(feed: RunFeed, limit: number) {
    this.feed = feed;
    this.limit = limit;
    feed.listen({ more: () => void this.read(), live: () => undefined, gap: () => undefined });
  }

  /** A reading that fails is made again, with the next news or by whoever waits. */
  async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.seqs.length < this.feed.lastSeq) {
        const after = this.seqs.length;
        const page = this.feed.readNow(after, this.limit) ?? (await this.feed.read(after, this.limit));
        if (page.gap || page.entries.length === 0) throw new Error(`nothing after ${after} of ${this.feed.lastSeq}`);
        this.seqs.push(...page.entries.map(({ event }) => event.seq));
      }
    } catch (error) {
      if (!(error instanceof BatonError) || error.code !== 'temporal_down') throw error;
    } finally {
      this.reading = false;
    }
  }
}

describe('a feed', () => {
  it('gives every reader every event once, with next to no memory, over continue-as-new, ends and faults', async () => {
    const act = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('batch' as const), count: fc.integer({ min: 1, max: 9 }) }) },
      {
        weight: 2,
        arbitrary: fc.constantFrom({ do: 'idle' as const }, { do: 'turn' as const }, { do: 'read' as const }),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom({ do: 'continue' as const }, { do: 'end' as const }, { do: 'fault' as const }),
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(0, 3_000, 20_000),
        async (acts, pageEvents, cacheBytes) => {
          const history = new ScriptedHistory(pageEvents);
          history.begin();
          const onMismatch = vi.fn();
          const feed = feedOn(history, cacheBytes, onMismatch);
          await feed.start();
          const readers = [1, 3, 100].map((limit) => new Reader(feed, limit));
          for (const action of acts) {
            if (action.do === 'batch') history.batch(action.count);
            if (action.do === 'idle') history.idle();
            if (action.do === 'continue') history.continueAsNew();
            if (action.do === 'turn') await setImmediate();
            if (action.do === 'read') void Promise.all(readers.map((reader) => reader.read()));
            if (action.do === 'fault') failOnce(history);
            if (action.do === 'end') {
              history.end();
              await vi.waitFor(() => expect(feed.ended).toBe(true), patiently);
              history.retry();
              await vi.waitFor(() => feed.follow(), patiently);
            }
          }
          history.end();
          await vi.waitFor(() => expect([feed.lastSeq, feed.ended]).toEqual([history.lastSeq, true]), patiently);
          for (const reader of [...readers, new Reader(feed, 7)]) {
            await vi.waitFor(async () => {
              await reader.read();
              expect(reader.seqs).toEqual(upTo(history.lastSeq));
            }, patiently);
          }
          expect(onMismatch).not.toHaveBeenCalled();
          feed.stop();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes on when Temporal is away in the middle of following a run that goes on', async () => {
    const history = new ScriptedHistory(1);
    history.begin();
    history.end();
    const feed = feedOn(history);
    await feed.start();
    history.retry();
    history.batch(2);
    history.batch(2);
    let calls = 0;
    history.onCall = () => {
      // The description and the first page get through, then nothing for longer than a caller waits.
      if (++calls > 2 && calls < 8) throw new BatonError('temporal_down', 'away');
    };
    await expect(feed.follow()).rejects.toMatchObject({ code: 'temporal_down' });
    await vi.waitFor(() => expect(feed.lastSeq).toBe(history.lastSeq), patiently);
    history.batch(1);
    await vi.waitFor(() => expect(feed.lastSeq).toBe(history.lastSeq), patiently);
    expect(feed.ended).toBe(false);
    feed.stop();
  });

  it.each(['a batch', 'an end', 'a run that goes on'])(
    'catches up with %s that it has not been told of yet',
    async (what) => {
      const history = new ScriptedHistory(1);
      history.begin();
      const feed = feedOn(history);
      await feed.start();
      history.batch(3);
      history.batch(2);
      if (what !== 'a batch') history.end();
      if (what === 'a run that goes on') {
        await vi.waitFor(() => expect(feed.ended).toBe(true), patiently);
        history.retry();
        history.batch(4);
      }
      const durable = history.lastSeq;
      expect(feed.lastSeq).toBeLessThan(durable);
      await feed.catchUp(AbortSignal.timeout(5_000));
      expect(feed.lastSeq).toBe(durable);
      feed.stop();
    },
  );

  it('gives up catching up when it is told to', async () => {
    const history = new ScriptedHistory(1);
    history.begin();
    const feed = feedOn(history);
    await feed.start();
    // The page that is being waited for comes, and none after it.
    vi.spyOn(history, 'page').mockImplementation(() => new Promise(() => undefined));
    history.batch(1);
    history.batch(1);
    const enough = new AbortController();
    const caughtUp = feed.catchUp(enough.signal);
    enough.abort(new Error('enough'));
    await expect(caughtUp).rejects.toThrow('enough');
    feed.stop();
  });

  it('tells a gap where the part before is past retention, and goes on behind it', async () => {
    const history = new ScriptedHistory(10);
    history.begin();
    history.batch(9);
    history.continueAsNew();
    history.batch(5);
    history.end();
    history.forget('run-1');
    const feed = feedOn(history);
    await feed.start();
    const page = await feed.read(3, 100);
    expect(page.gap).toEqual({ from: 4, to: 10 });
    expect(page.entries.map(({ event }) => event.seq)).toEqual(upTo(history.lastSeq, 11));
    feed.stop();
  });

  it('tells a gap and begins again where somebody else has reset the run', async () => {
    const history = new ScriptedHistory(10);
    history.begin();
    history.batch(4);
    history.end();
    const feed = feedOn(history);
    await feed.start();
    const gaps: number[][] = [];
    feed.listen({ more: () => undefined, live: () => undefined, gap: (from, to) => gaps.push([from, to]) });
    const [copied] = history.executions;
    history.executions.push({ runId: 'run-reset', events: (copied?.events ?? []).slice(0, 2), isClosed: false });
    await feed.follow();
    expect(gaps).toEqual([[1, 6]]);
    expect(feed.lastSeq).toBe(5);
    feed.stop();
  });
});

/** The next two calls find no Temporal: as many as a caller who waits for an answer bears with. */
function failOnce(history: ScriptedHistory): void {
  let left = 2;
  history.onCall = () => {
    if (left-- > 0) throw new BatonError('temporal_down', 'away');
  };
}
