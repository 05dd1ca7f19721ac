/** The child's side of a part: answers the calls of the bench, and ends with it. */
import type { PartCall, PartReply } from './part.ts';

/** Each method takes one argument and gives something that JSON can carry. */
export type Methods = Record<string, (argument: never) => unknown>;

export function servePart(methods: Methods): void {
  process.on('disconnect', () => process.exit(1));
  process.on('message', (call: PartCall) => void answer(methods, call));
  reply({ id: 0, ok: true, value: null });
}

async function answer(methods: Methods, { id, method, argument }: PartCall): Promise<void> {
  try {
    const value = (await methods[method]?.(argument as never)) ?? null;
    reply({ id, ok: true, value });
  } catch (error) {
    reply({ id, ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function reply(message: PartReply): void {
  process.send?.(message, undefined, undefined, () => undefined);
}
