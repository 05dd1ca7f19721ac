import type { Command } from 'commander';
import { bar, percent } from '../render/progress.ts';
import { tableLines } from '../render/table.ts';
import { cut, duration, plain } from '../render/text.ts';
import { paintStatus, type Theme } from '../render/theme.ts';
import type { Session } from '../session.ts';
import type { AgentState, RunView } from '../../types.ts';

export function addShow(program: Command, session: Session): void {
  program
    .command('show')
    .summary('show the state of a run')
    .argument('<run>')
    .option('--json', 'the whole state, as JSON')
    .action(async (run: string, flags: { json?: true }) => {
      const state = await session.client.state(run);
      if (flags.json) session.printJson(state, 2);
      else session.print(...stateLines(state, session.theme, session.columns));
    });
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
  const agents = Object.values(state.agents);
  if (agents.length > 0) lines.push('', ...agentLines(agents, theme, columns));
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

function agentLines(agents: readonly AgentState[], theme: Theme, columns: number): string[] {
  return tableLines(
    agents,
    [
      { title: 'STEP', cell: ({ step }) => step },
      { title: 'STATUS', cell: ({ status }) => status, paint: (text, { status }) => paintStatus(theme, status, text) },
      { title: 'DONE', cell: ({ progress }) => `${bar(progress, 10)} ${percent(progress).trim()}`, yields: 1 },
      { title: 'ATTEMPT', cell: ({ attempt }) => String(attempt), yields: 3 },
      { title: 'MESSAGE', cell: ({ message }) => message, yields: 2 },
    ],
    columns,
    theme,
  );
}

function when(startedAt: string, endedAt: string | null): string {
  if (startedAt === '') return '';
  const tookMs = (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
  return `${startedAt}, ${endedAt === null ? 'for' : 'took'} ${duration(tookMs)}`;
}

function brief(value: unknown, columns: number): string {
  return value === null || value === undefined ? '' : cut(plain(value), columns - 12);
}
