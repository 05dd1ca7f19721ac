import type { RunEvent } from '../../../../client/index.ts';

const shownCharacters = 300;

/** An event in one line: what it says in words where it has some, else its data. Pure. */
export function eventText({ type, data }: RunEvent): string {
  const kind = type === 'agent.emitted' && typeof data['kind'] === 'string' ? data['kind'] : '';
  return [kind, wordsOf(data) ?? restOf(data)]
    .filter((part) => part !== '')
    .join('  ')
    .slice(0, shownCharacters);
}

function wordsOf(data: Readonly<Record<string, unknown>>): string | undefined {
  const error = data['error'] as { message?: unknown } | null | undefined;
  const question = data['question'] as { message?: unknown } | null | undefined;
  const words = [data['message'], data['reason'], error?.message, question?.message, data['preview']];
  return words.find((word): word is string => typeof word === 'string' && word !== '');
}

function restOf(data: Readonly<Record<string, unknown>>): string {
  const rest = Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'kind'));
  const json = JSON.stringify(rest);
  return json === '{}' ? '' : json;
}
