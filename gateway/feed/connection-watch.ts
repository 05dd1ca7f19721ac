import { connectionLookMs } from '../../protocol/limits.ts';

/**
 * Asks Temporal whether it is there, beside what the feeds notice: an idle long poll tells of a server that hangs only
 * after a minute, and of one that is back only after 20 s. `ask` rejects where there is no answer in time.
 */
export function watchConnection(ask: () => Promise<unknown>, tell: (isUp: boolean) => void): Disposable {
  let isStopped = false;
  const look = async () => {
    const isUp = await ask().then(
      () => true,
      () => false,
    );
    if (isStopped) return;
    tell(isUp);
    timer = setTimeout(() => void look(), connectionLookMs);
  };
  let timer = setTimeout(() => void look(), connectionLookMs);
  return {
    [Symbol.dispose]: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
