/** What agents said last, over runs: their events, for agents have no other log. Pure. */
import type { RunEvent } from '../../../client/index.ts';

export interface AgentLine {
  run: string;
  event: RunEvent;
}

/** Of each run the newest events are read; so many lines are shown of all. */
export const runsRead = 12;
export const eventsRead = 30;
const linesShown = 60;

const saidByAgents: ReadonlySet<string> = new Set([
  'agent.started',
  'agent.progressed',
  'agent.emitted',
  'agent.attempt_failed',
  'agent.completed',
  'agent.failed',
]);

/** The newest first. `agent`: of that one alone; empty: of all. */
export function newestLines(
  runs: readonly { run: string; events: readonly RunEvent[] }[],
  { agent, failuresOnly }: { agent: string; failuresOnly: boolean },
): AgentLine[] {
  return runs
    .flatMap(({ run, events }) => events.map((event) => ({ run, event })))
    .filter(({ event }) => saidByAgents.has(event.type) && (agent === '' || event.agent === agent))
    .filter(({ event: { type } }) => !failuresOnly || type.endsWith('failed'))
    .toSorted((a, b) => (a.event.at < b.event.at ? 1 : a.event.at > b.event.at ? -1 : b.event.seq - a.event.seq))
    .slice(0, linesShown);
}

export function agentsIn(runs: readonly { events: readonly RunEvent[] }[]): string[] {
  return [...new Set(runs.flatMap(({ events }) => events.flatMap(({ agent }) => agent ?? [])))].toSorted();
}
