/** Decisions, jumps and agents. */
import { supervisorNode } from './ki-state.ts';
import { sizeText } from './message.ts';
import { displayNameOf, nodeOf, personAgent } from './names.ts';
import { countOf, recordOf, textOf, type Fold } from './telling.ts';

export const agentFolds: Readonly<Record<string, Fold>> = {
  'supervisor.decided': (telling, { data }) => {
    const goto = textOf(data['goto'], 'end');
    telling.set({ iteration: countOf(data['iteration']), delegatedTo: null });
    telling.tell({
      type: 'supervisor_decision',
      decision: goto === 'end' ? 'finish' : nodeOf(goto),
      reason: textOf(data['reason'], 'it is next'),
      iteration: telling.state.iteration,
    });
    // The jump to the end is told with the end, for all runs alike.
    if (goto !== 'end') telling.routed(supervisorNode, nodeOf(goto));
  },

  'supervisor.routed': (telling, { data }) => {
    const [from, to] = [textOf(data['from'], ''), textOf(data['to'], '')];
    telling.routed(nodeOf(from), nodeOf(to));
    const isThere = telling.state.open.some(({ agent }) => agent === to);
    telling.set({ delegatedTo: isThere ? null : to });
  },

  'agent.started': (telling, { agent = '', step = '', at, recordedAt, data }) => {
    const { open, delegatedTo } = telling.state;
    const isDelegated = delegatedTo === agent;
    const started = { agent, step, progress: 0, startedAt: at, toldAt: recordedAt, isDelegated, requests: 0 };
    telling.set({ open: [...open, started], delegatedTo: null });
    if (agent === personAgent) return;
    const instructions = textOf(data['instructions'], displayNameOf(agent));
    telling.tell({ type: 'agent_start', agent, agent_name: displayNameOf(agent), instructions });
  },

  'agent.progressed': (telling, { step = '', data }) => {
    // The engine's own mark of a failure.
    const message = textOf(data['message'], '').replace(/^✖ /, '❌ ');
    telling.progressed(step, Number(data['fraction']), message);
  },

  'agent.emitted': (telling, { agent = '', step = '', data }) => {
    if (data['kind'] !== 'ki.research_request') return;
    const open = telling.state.open.find((known) => known.step === step);
    const request = countOf(data['request']);
    // A later attempt tells it again.
    if (!open || request <= open.requests) return;
    telling.change(step, { requests: request });
    telling.tell({ type: 'research_request', agent, query: textOf(data['query'], 'best practices') });
  },

  'agent.completed': (telling, { agent = '', step = '', data }) => {
    const isDelegated = telling.state.open.find((open) => open.step === step)?.isDelegated === true;
    if (telling.close(step) !== null)
      telling.tell({
        type: 'agent_complete',
        agent,
        agent_name: displayNameOf(agent),
        result_summary: summaryOf(data),
        result_size: sizeText(countOf(data['resultBytes'])),
        duration_ms: countOf(data['durationMs']),
        status: 'ok',
      });
    // One that was asked by another agent goes back to that, and the log says so itself.
    if (!isDelegated) telling.handedBack(agent);
  },

  'agent.failed': (telling, { agent = '', step = '', data }) => {
    if (telling.close(step) === null) return;
    telling.failed(agent, countOf(data['durationMs']), textOf(recordOf(data['error'])['message'], 'it failed'));
  },
};

/** Large results stand elsewhere; what agents hand on to others says it, too. */
function summaryOf({ result, update }: Record<string, unknown>): string {
  const told = [result, ...Object.values(recordOf(update))].map((part) => recordOf(part)['summary']);
  return told.find((summary): summary is string => typeof summary === 'string' && summary !== '') ?? 'done';
}
