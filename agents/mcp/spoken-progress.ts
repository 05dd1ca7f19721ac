import type { AgentContext } from '../../protocol/agent.ts';

export interface SpokenProgress extends Disposable {
  tell(fraction: number, message: string): void;
}

/** Progress that never falls silent: what was told last is told again, with how long it has taken so far. */
export function spokenProgress(ctx: Pick<AgentContext, 'progress'>, repeatMs: number): SpokenProgress {
  let last = { fraction: 0, message: 'starting', atMs: Date.now() };
  const repeat = () => {
    const seconds = Math.round((Date.now() - last.atMs) / 1_000);
    ctx.progress(last.fraction, `⏳ ${last.message} (for ${seconds} s)`);
  };
  const timer = setInterval(repeat, repeatMs);
  return {
    tell: (fraction, message) => {
      last = { fraction, message, atMs: Date.now() };
      timer.refresh();
      ctx.progress(fraction, message);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Progress that is told as it comes. */
export function silentProgress(ctx: Pick<AgentContext, 'progress'>): SpokenProgress {
  return { tell: (fraction, message) => ctx.progress(fraction, message), [Symbol.dispose]: () => undefined };
}
