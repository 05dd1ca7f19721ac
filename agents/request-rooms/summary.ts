/** What results say in words. Pure. */
import { roomsSummaryCharacters } from '../../protocol/limits.ts';
import type { StepRecord } from './contract.ts';

/** One line about all results so far. */
export function summaryOf(records: readonly StepRecord[]): string {
  if (records.length === 0) return 'There is nothing to summarize yet.';
  const line = records.map(sentenceOf).join('; ').replaceAll(/\s+/g, ' ');
  return line.length > roomsSummaryCharacters ? `${line.slice(0, roomsSummaryCharacters - 1).toWellFormed()}…` : line;
}

/** The answer to a question: what the last step came to that did more than wait. */
export function answerOf(records: readonly StepRecord[]): string {
  const last = records.findLast(({ tool }) => tool !== 'wait') ?? records.at(-1);
  if (last === undefined) return '';
  if (last.tool === 'calculate') return String(last.result['value']);
  return last.tool === 'answer' || last.tool === 'summarize' ? String(last.result['text']) : sentenceOf(last);
}

function sentenceOf({ tool, result }: StepRecord): string {
  switch (tool) {
    case 'calculate':
      return `${String(result['expression'])} = ${String(result['value'])}`;
    case 'wait':
      return `waited ${String(result['waitedMs'])} ms`;
    case 'fetch': {
      const title = typeof result['title'] === 'string' ? ` “${result['title']}”` : '';
      return `${String(result['url'])}${title} answered ${String(result['status'])} with ${String(result['bytes'])} bytes`;
    }
    case 'summarize':
    case 'answer':
      return String(result['text']);
  }
}
