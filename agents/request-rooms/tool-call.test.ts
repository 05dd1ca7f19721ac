import { describe, expect, it } from 'vitest';
import { splitQuery, toolCallOf, toolOf } from './tool-call.ts';

describe('a question', () => {
  it.each([
    ['calculate 6*7; wait 1s; summarize', ['calculate 6*7', 'wait 1s', 'summarize']],
    ['a\nb\r\nc then d', ['a', 'b', 'c', 'd']],
    ['first THEN second; then third', ['first', 'second', 'third']],
    ['strengthen it', ['strengthen it']],
    [' ; ;', ['; ;']],
  ])('%j falls into its parts', (query, parts) => {
    expect(splitQuery(query)).toEqual(parts);
  });
});

describe('a part', () => {
  it.each([
    ['calculate 6*7', { tool: 'calculate', expression: '6*7' }],
    ['Compute (1 + 2) % 3', { tool: 'calculate', expression: '(1 + 2) % 3' }],
    ['what is 2+2?', { tool: 'calculate', expression: '2+2' }],
    ['1/0', { tool: 'calculate', expression: '1/0' }],
    ['-5', { tool: 'calculate', expression: '-5' }],
    ['wait 1s', { tool: 'wait', waitMs: 1_000 }],
    ['WAIT 1.5 s', { tool: 'wait', waitMs: 1_500 }],
    ['wait 250ms please', { tool: 'wait', waitMs: 250 }],
    ['wait 300 s', { tool: 'wait', waitMs: 300_000 }],
    ['get https://example.com/a?b=1.', { tool: 'fetch', url: 'https://example.com/a?b=1' }],
    ['look at (http://example.com) now', { tool: 'fetch', url: 'http://example.com' }],
    ['summarize https://example.com', { tool: 'fetch', url: 'https://example.com' }],
    ['summarise it all', { tool: 'summarize' }],
    ['Summarize', { tool: 'summarize' }],
    ['why is the sky blue', { tool: 'answer', text: 'why is the sky blue' }],
    ['calculate 42', { tool: 'answer', text: 'calculate 42' }],
    ['calculate x+1', { tool: 'answer', text: 'calculate x+1' }],
    ['wait a bit', { tool: 'answer', text: 'wait a bit' }],
    ['wait 5 minutes', { tool: 'answer', text: 'wait 5 minutes' }],
  ])('%j is %j', (part, call) => {
    expect(toolCallOf(part)).toEqual(call);
    expect(toolOf(part)).toBe(call.tool);
  });

  it('that waits longer than 300 s is a wait that fails', () => {
    expect(toolOf('wait 301 s')).toBe('wait');
    expect(() => toolCallOf('wait 301 s')).toThrow('300 s at most');
  });
});
