import { expect, test } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { TestEngine } from '../test-engine.ts';
import { DialectCursor } from './dialect-cursor.ts';
import { Translator } from './translation.ts';

const texts = new Translator<number, string>({
  initial: () => 0,
  event: (count, event: RunEvent) => ({
    state: count + 1,
    messages: [(event.data['text'] as string | undefined) ?? event.type],
  }),
  isNeededWhole: () => true,
  encode: (message) => message,
});

test('two who watch a log of cut events are each told all of them whole, and in order', async () => {
  const engine = new TestEngine();
  const run = engine.begin('run-1');
  for (const name of ['a', 'b', 'c']) {
    const bytes = Buffer.from(JSON.stringify({ text: `whole ${name}` }));
    engine.blobs.set(`run-1/${name}`, { bytes, type: 'application/json' });
    const blob = { ref: name, bytes: bytes.length, type: 'application/json' };
    run.append('agent.emitted', { data: { preview: '…', blob } });
  }
  run.append('run.completed');
  const watch = async () => {
    const told: string[] = [];
    const feed = await engine.feeds.open('run-1');
    await new Promise<void>((resolve) => {
      const reader = {
        hasRoom: () => true,
        frames: (frames: readonly { text: string }[]) => void told.push(...frames.map(({ text }) => text)),
        live: () => undefined,
        end: () => resolve(),
        gap: () => undefined,
        fault: () => undefined,
      };
      new DialectCursor(feed, 'run-1', { translator: texts, reader, runs: engine.runs }).start();
    });
    return told;
  };
  const all = ['run.started', 'whole a', 'whole b', 'whole c', 'run.completed'];
  expect(await Promise.all([watch(), watch(), watch()])).toEqual([all, all, all]);
});
