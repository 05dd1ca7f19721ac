import type { Command } from 'commander';
import { timelineStepsMax } from '../../../protocol/limits.ts';
import { parseCount } from '../arguments.ts';
import { percent } from '../render/progress.ts';
import { reportLines } from '../render/run-report.ts';
import { cut, duration, plain } from '../render/text.ts';
import { paintStatus, type Theme } from '../render/theme.ts';
import type { Session } from '../session.ts';
import type { RunView, Timeline } from '../../types.ts';

const stepsShown = 50;

export function addShow(program: Command, session: Session): void {
  program
    .command('show')
    .summary('show what happened in a run, and how it stands')
    .argument('<run>')
    .option('--steps <count>', 'the newest steps that are shown', String(stepsShown))
    .option('--json', 'the whole state and, as `timeline`, every step, as JSON')
    .action(async (run: string, flags: { steps: string; json?: true }) => {
      const steps = parseCount(flags.steps, '--steps', 0);
      const [state, timeline] = await Promise.all([session.client.state(run), wholeTimeline(session, run)]);
      if (flags.json) {
        session.printJson({ ...state, timeline }, 2);
        return;
      }
      const { theme, columns } = session;
      session.print(
        ...stateLines(state, theme, columns),
        ...reportLines(timeline, { theme, columns, nowMs: Date.now(), steps }),
      );
    });
}

async function wholeTimeline({ client }: Session, run: string): Promise<Timeline> {
  const timeline = await client.timeline(run, { limit: timelineStepsMax });
  const steps = [...timeline.steps];
  for (let { next } = timeline; next !== null;) {
    const page = await client.timeline(run, { after: next, limit: timelineStepsMax });
    steps.push(...page.steps);
    next = page.next;
  }
  return { ...timeline, steps, next: null };
}

/** A state on one screen. Pure. */
export function stateLines(state: RunView, theme: Theme, columns: number): string[] {
  const facts: [string, string][] = [
    ['run', plain(state.id)],
    ['blueprint', plain(state.blueprint)],
    ['status', paintStatus(theme, state.status)],
    ['progress', `${percent(state.progress).trim()}, ${state.lastSeq} events`],
    ['started', when(state.startedAt, state.endedAt)],
    ['owner', plain(state.owner ?? '')],
    ['forked from', state.from === null ? '' : `${plain(state.from.run)} ${plain(state.from.step ?? '')}`],
    [
      'cancelling',
      state.cancelling === null ? '' : `by ${plain(state.cancelling.by)} ${plain(state.cancelling.reason ?? '')}`,
    ],
    ['error', state.error === null ? '' : theme.red(`${plain(state.error.code)}: ${plain(state.error.message)}`)],
    ['input', brief(state.input, columns)],
    ['result', brief(state.result, columns)],
  ];
  const lines = facts
    .filter(([, value]) => value.trim() !== '')
    .map(([name, value]) => `${theme.dim(name.padEnd(12))}${value}`);
  const open = state.questions.filter(({ status }) => status === 'open');
  for (const question of open)
    lines.push(
      '',
      theme.yellow(`? ${question.id} ${plain(question.message)}`),
      theme.dim(`  baton answer ${plain(state.id)} ${question.id}`),
    );
  if (state.plan !== null) {
    lines.push(
      '',
      ...state.plan.map(
        (step) =>
          `${paintStatus(theme, step.status, step.status.padEnd(10))} ${plain(step.agent)} ${theme.dim(cut(plain(step.instructions ?? ''), columns - 30))}`,
      ),
    );
  }
  return lines;
}

function when(startedAt: string, endedAt: string | null): string {
  if (startedAt === '') return '';
  const tookMs = (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
  return `${startedAt}, ${endedAt === null ? 'for' : 'took'} ${duration(tookMs)}`;
}

function brief(value: unknown, columns: number): string {
  return value === null || value === undefined ? '' : cut(plain(value), columns - 12);
}
