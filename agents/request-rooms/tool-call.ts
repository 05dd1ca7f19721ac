/** From a question to the calls of tools that answer it: the first match of the contract's table counts. Pure. */
import { roomsWaitMaxMs } from '../../protocol/limits.ts';
import { StepFault } from './step-fault.ts';

export const tools = ['calculate', 'wait', 'fetch', 'summarize', 'answer'] as const;
export type Tool = (typeof tools)[number];

export type ToolCall =
  | { tool: 'calculate'; expression: string }
  | { tool: 'wait'; waitMs: number }
  | { tool: 'fetch'; url: string }
  | { tool: 'summarize' }
  | { tool: 'answer'; text: string };

const verb = /^(?:calculate|compute|what is)/i;
const wait = /^wait (\d+(?:\.\d+)?)\s*(ms|s)/i;
const address = /https?:\/\/[^\s<>"'`]+/i;

/** At `;`, at line breaks and at the word "then"; a question that has only these is one part. */
export function splitQuery(userQuery: string): string[] {
  const parts = userQuery
    .split(/[;\r\n]|\sthen\s/i)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length > 0 ? parts : [userQuery.trim()];
}

export function toolOf(part: string): Tool {
  if (expressionIn(part) !== null) return 'calculate';
  if (wait.test(part)) return 'wait';
  if (address.test(part)) return 'fetch';
  return /^summari[sz]e/i.test(part) ? 'summarize' : 'answer';
}

/** Throws a `StepFault` where the part asks for what the tool does not do. */
export function toolCallOf(part: string): ToolCall {
  const tool = toolOf(part);
  if (tool === 'calculate') return { tool, expression: expressionIn(part) ?? part };
  if (tool === 'wait') return { tool, waitMs: waitMsOf(part) };
  if (tool === 'fetch') return { tool, url: addressIn(part) };
  return tool === 'summarize' ? { tool } : { tool, text: part };
}

function waitMsOf(part: string): number {
  const [, figure = '0', unit = 's'] = wait.exec(part) ?? [];
  const waitMs = Math.round(Number(figure) * (unit.toLowerCase() === 's' ? 1_000 : 1));
  if (waitMs > roomsWaitMaxMs)
    throw new StepFault('wait_too_long', `A step waits ${roomsWaitMaxMs / 1_000} s at most, not ${figure} ${unit}`);
  return waitMs;
}

/** null where there is anything else than figures, or no operator. A question may end as one. */
function expressionIn(part: string): string | null {
  const rest = part.replace(verb, '').trim();
  const expression = rest.endsWith('?') ? rest.slice(0, -1).trimEnd() : rest;
  return /^[\d\s.+\-*/%()]+$/.test(expression) && /[+\-*/%]/.test(expression) ? expression : null;
}

/** What ends a sentence is none of it; nor is a bracket that opened before it. */
function addressIn(part: string): string {
  const [found = ''] = address.exec(part) ?? [];
  const ends = found.includes('(') ? '.,!?' : '.,!?)';
  let length = found.length;
  while (ends.includes(found[length - 1] ?? ' ')) length--;
  return found.slice(0, length);
}
