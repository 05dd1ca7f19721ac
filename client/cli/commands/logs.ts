import type { Command } from 'commander';
import { parseCount } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { timelineLine } from '../render/timeline.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import type { RunEvent } from '../../types.ts';
import { logLines } from './log-lines.ts';
import type { Finish } from './start.ts';

interface LogFlags {
  after: string;
  agent?: string;
  kind?: string;
  everything?: true;
  level?: string;
  follow?: true;
  json?: true;
}

export function addLogs(program: Command, session: Session, finish: Finish): void {
  program
    .command('logs')
    .summary('print what the agents of a run have written')
    .description(
      'Print what the agents of a run have written, and what failed; with --everything the whole log of events, ' +
        'with --level instead what they have put into their logs.',
    )
    .argument('<run>')
    .option('--after <seq>', 'what comes after this event, or line', '0')
    .option('--agent <name>', 'of this agent, or of a step as in codesmith#2')
    .option('--kind <kind>', 'of this kind of emitted events, as in log')
    .option('-e, --everything', 'every event')
    .option('-l, --level <level>', 'lines of their logs of this level and above: debug, info, warn, error')
    .option('-f, --follow', 'go on until the run ends')
    .option('--json', 'one event a line, as JSON')
    .action(async (run: string, flags: LogFlags) => finish(await logs(session, run, flags)));
}

async function logs(session: Session, run: string, flags: LogFlags): Promise<number> {
  const { theme, columns } = session;
  const from = parseCount(flags.after, '--after', 0);
  const { level, kind, everything } = flags;
  if (level !== undefined) {
    if (kind !== undefined || everything) throw new UsageError('--level is of logs, --kind and --everything of events');
    return logLines(session, run, { ...flags, level, after: from });
  }
  const show = (event: RunEvent) => {
    if (!isWanted(event, flags)) return;
    const line = flags.json ? JSON.stringify(event) : timelineLine(event, { theme, columns });
    if (line !== null) session.print(line);
  };
  let after = from;
  for (;;) {
    const page = await session.client.events(run, { after });
    if (page.gap) session.note(`events ${page.gap.from} to ${page.gap.to} are not in the log any more`);
    page.events.forEach(show);
    if (page.next === after) break;
    after = page.next;
  }
  if (!flags.follow) return exitCodes.completed;
  const stop = new AbortController();
  const forget = session.around.onInterrupt(() => stop.abort());
  try {
    for await (const item of session.client.watch(run, { after, live: false, signal: stop.signal })) {
      if (item.kind === 'event') show(item.event);
    }
    return exitCodes.completed;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return exitCodes.interrupted;
  } finally {
    forget();
  }
}

const written: ReadonlySet<string> = new Set(['agent.emitted', 'agent.attempt_failed', 'agent.failed', 'run.failed']);

/** Pure. */
export function isWanted(
  event: RunEvent,
  { agent, kind, everything }: Pick<LogFlags, 'agent' | 'kind' | 'everything'>,
): boolean {
  if (agent !== undefined && event.agent !== agent && event.step !== agent) return false;
  if (kind !== undefined) return event.type === 'agent.emitted' && event.data['kind'] === kind;
  return everything === true || written.has(event.type);
}
