/** `logs --level`: what agents have logged, beside what they have told. */
import { delay } from '../../backoff.ts';
import { logLevels } from '../../log-commands.ts';
import { endedStatuses } from '../../run-fold.ts';
import { exitCodes } from '../exit-codes.ts';
import { logLineText } from '../render/log-line.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export interface LineFlags {
  after: number;
  level: string;
  agent?: string;
  follow?: true;
  json?: true;
}

const everyMs = 1_000;

export async function logLines(session: Session, run: string, flags: LineFlags): Promise<number> {
  const { theme, columns } = session;
  const level = logLevels.find((each) => each === flags.level);
  if (level === undefined) throw new UsageError(`--level is one of ${logLevels.join(', ')}`);
  const stop = new AbortController();
  const forget = session.around.onInterrupt(() => stop.abort());
  const { signal } = stop;
  try {
    let isOver = flags.follow !== true;
    for (let { after } = flags; ;) {
      const page = await session.client.logs(run, { after, level, signal });
      if (!page.available) session.note(page.reason ?? 'none are kept where the gateway could read them');
      for (const line of page.items) {
        if (flags.agent !== undefined && line.agent !== flags.agent && line.step !== flags.agent) continue;
        session.print(flags.json ? JSON.stringify(line) : logLineText(line, { theme, columns }));
      }
      after = page.next;
      if (page.items.length > 0) continue;
      if (isOver || !page.available) return exitCodes.completed;
      // What was logged last is written a moment after the end: it is looked for once more.
      isOver = endedStatuses.has((await session.client.state(run, { signal })).status);
      await delay(everyMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    return exitCodes.interrupted;
  } finally {
    forget();
  }
}
