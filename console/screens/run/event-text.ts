import type { RunEvent } from '../../../client/index.ts';

/** An event in one line: what it says in words where it has some, else its data. Pure. */
export function eventText({ data }: RunEvent): string {
  const words = [data['message'], data['reason'], (data['error'] as { message?: unknown } | undefined)?.message];
  const said = words.find((word) => typeof word === 'string' && word !== '');
  return (typeof said === 'string' ? said : JSON.stringify(data)).slice(0, 300);
}
