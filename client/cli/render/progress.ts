/** A run's state as the live part of the screen: one line for the run, a bar for each agent, what is asked. Pure. */
import type { AgentState, LiveFrame, RunState } from '../../types.ts';
import type { Transport } from '../../transport-ladder.ts';
import { cut, duration, padEnd, plain, widthOf } from './text.ts';
import { paintStatus, type Theme } from './theme.ts';

export interface ProgressView {
  state: RunState;
  /** The newest live frame of each step. */
  lives: ReadonlyMap<string, LiveFrame>;
  /** Steps of which an attempt has failed: of others the count tells nothing, for going on after an answer is one too. */
  failing: ReadonlySet<string>;
  /** What connects now, or why nothing does. */
  link: { transport: Transport } | { lost: string } | null;
  theme: Theme;
  columns: number;
  nowMs: number;
  /** Most agents that get a line of their own; the rest is counted. */
  rows: number;
}

const barColumns = 24;
const narrowColumns = 50;

export function progressLines(view: ProgressView): string[] {
  const { state, theme, columns, rows } = view;
  const agents = Object.entries(state.agents);
  const open = agents.filter(([, agent]) => agent.endedAt === null);
  const closed = agents.filter(([, agent]) => agent.endedAt !== null);
  const shown = [...closed.slice(-Math.max(0, rows - open.length)), ...open.slice(0, rows)];
  const names = Math.min(Math.max(0, ...shown.map(([, { step }]) => widthOf(plain(step)))), Math.floor(columns / 3));
  const lines = [headline(view), ...shown.map(([, agent]) => agentLine(agent, names, view))];
  const hidden = agents.length - shown.length;
  if (hidden > 0) lines.push(theme.dim(cut(`… and ${hidden} more agents`, columns)));
  for (const question of state.questions.filter(({ status }) => status === 'open')) {
    lines.push(theme.yellow(cut(`? ${question.id}: ${plain(question.message)}`, columns)));
  }
  return lines;
}

/** Of the run, with what live frames say about agents that have a share in it. */
export function runProgress(state: RunState, lives: ReadonlyMap<string, LiveFrame>): number {
  let progress = state.progress;
  for (const agent of Object.values(state.agents)) {
    if (agent.endedAt !== null || !agent.span) continue;
    const [from, to] = agent.span;
    progress = Math.max(progress, from + (to - from) * agentProgress(agent, lives.get(agent.step)).fraction);
  }
  return Math.min(1, progress);
}

export function bar(fraction: number, columns: number): string {
  const full = Math.max(0, Math.min(columns, Math.floor(fraction * columns + 1e-9)));
  return '█'.repeat(full) + '░'.repeat(columns - full);
}

export function percent(fraction: number): string {
  return `${String(Math.floor(fraction * 100 + 1e-9)).padStart(3)} %`;
}

function headline(view: ProgressView): string {
  const { state, lives, theme, columns, nowMs } = view;
  const startedMs = Date.parse(state.startedAt);
  const endedMs = state.endedAt === null ? nowMs : Date.parse(state.endedAt);
  const parts = [
    plain(state.blueprint),
    plain(state.id),
    state.status,
    percent(runProgress(state, lives)).trim(),
    Number.isNaN(startedMs) ? '' : duration(endedMs - startedMs),
    linkWords(view.link),
  ].filter((part) => part !== '');
  const text = cut(parts.join(' · '), columns);
  const [before, after] = text.split(` ${state.status} `, 2);
  if (before === undefined || after === undefined) return theme.bold(text);
  return `${theme.bold(before)} ${paintStatus(theme, state.status)} ${theme.dim(after)}`;
}

function linkWords(link: ProgressView['link']): string {
  if (link === null) return '';
  return 'lost' in link ? `no connection (${plain(link.lost)})` : link.transport;
}

function agentLine(agent: AgentState, names: number, { lives, failing, theme, columns }: ProgressView): string {
  const { fraction, message, attempt } = agentProgress(agent, lives.get(agent.step));
  const name = padEnd(cut(plain(agent.step), names), names);
  const tried = attempt > 1 && failing.has(agent.step) ? `attempt ${attempt}: ` : '';
  const words = agent.endedAt === null && message !== '' ? `${tried}${message}` : agent.status;
  const isNarrow = columns < narrowColumns;
  const width = isNarrow ? 0 : Math.min(barColumns, Math.floor(columns / 4));
  const filled = width === 0 ? '' : `${paintStatus(theme, agent.status, bar(fraction, width))} `;
  const used = names + 1 + (width === 0 ? 0 : width + 1) + 5 + 1;
  return `${name} ${filled}${percent(fraction)} ${theme.dim(cut(words, columns - used))}`.trimEnd();
}

/** A live frame of an attempt that was given up says nothing any more. */
function agentProgress(
  agent: AgentState,
  live: LiveFrame | undefined,
): { fraction: number; message: string; attempt: number } {
  const isNewer = live !== undefined && agent.endedAt === null && live.attempt >= agent.attempt;
  if (!isNewer) return { fraction: agent.progress, message: plain(agent.message), attempt: agent.attempt };
  return {
    fraction: Math.max(agent.progress, live.fraction ?? 0),
    message: plain(live.message ?? agent.message),
    attempt: live.attempt,
  };
}
