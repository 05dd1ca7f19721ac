import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength } from '../../protocol/cut-data.ts';
import { emptyState, fold } from '../../protocol/fold.ts';
import { foldUntilStep } from '../../protocol/fold-until-step.ts';
import { decisionBytes } from '../../protocol/limits.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Command, StepOutcome } from './define-blueprint.ts';
import { planPolicy, type PlannedStep, type PlanOptions } from './plan-policy.ts';

interface Played {
  commands: Command[];
  /** Agent and input of each call. */
  calls: unknown[];
  events: RunEvent[];
}

/** Plays a policy as the supervisor does: what it decides, and what agents then return, goes through the fold. */
function play(
  options: PlanOptions,
  runInput: unknown,
  results: (agent: string, call: number) => unknown,
  from = { state: emptyState('r'), last: [] as StepOutcome[] },
): Played {
  const policy = planPolicy(options);
  const { state } = from;
  let { last } = from;
  const played: Played = { commands: [], calls: [], events: [] };
  const write = (type: string, data: Record<string, unknown>, place: Partial<RunEvent> = {}) => {
    const event = { seq: state.lastSeq + 1, at: '', recordedAt: '', type, data, ...place };
    played.events.push(event);
    fold(state, event);
  };
  for (let turn = 0; turn < 100; turn++) {
    const command = policy(state, last, runInput);
    played.commands.push(command);
    const { goto, update, plan } = command;
    const planStep = goto !== 'end' && !Array.isArray(goto) ? goto.planStep : undefined;
    const more = { ...(update ? { update } : {}), ...(plan ? { plan } : {}), ...(planStep ? { planStep } : {}) };
    write('supervisor.decided', { iteration: turn + 1, goto: goto === 'end' ? 'end' : 'one', ...more });
    if (goto === 'end' || Array.isArray(goto)) return played;
    const { agent, input } = goto;
    played.calls.push([agent, input]);
    const step = `${agent}#${(state.agents[agent]?.calls ?? 0) + 1}`;
    write('agent.started', more, { agent, step });
    const result = results(agent, played.calls.length);
    write('agent.completed', { ...more, update: undefined, result }, { agent, step });
    last = [{ agent, step, status: 'completed', result }];
  }
  throw new Error('the plan does not end');
}

const given: PlanOptions = { given: (input) => (input as { steps: PlannedStep[] }).steps };
const steps = (count: number): PlannedStep[] =>
  Array.from({ length: count }, (_, index) => ({ agent: 'a', input: { index } }));

describe('a plan', () => {
  it('that was given is followed, each step with its input, to the results in order', () => {
    const { commands, calls } = play(given, { steps: steps(3) }, (_, call) => `result ${call}`);
    expect(calls).toEqual([0, 1, 2].map((index) => ['a', { index }]));
    expect(commands.at(-1)).toMatchObject({ goto: 'end', result: ['result 1', 'result 2', 'result 3'] });
  });

  it('that a planner makes is followed as well', () => {
    const options: PlanOptions = { planner: 'planner' };
    const plan = { steps: [{ agent: 'a', input: 1 }, { agent: 'b' }] };
    const { commands, calls } = play(options, null, (agent) => (agent === 'planner' ? plan : agent));
    expect(calls).toEqual([
      ['planner', undefined],
      ['a', 1],
      ['b', undefined],
    ]);
    expect(commands.at(-1)).toMatchObject({ goto: 'end', result: ['a', 'b'] });
  });

  it('fails with the step that failed', () => {
    const policy = planPolicy(given);
    const state = emptyState('r');
    state.plan = [{ id: 'p1', agent: 'a', status: 'failed' }];
    const error = { code: 'agent_failed', message: 'no' };
    const last: StepOutcome[] = [{ agent: 'a', step: 'a#1', status: 'failed', error }];
    expect(policy(state, last, { steps: steps(1) })).toMatchObject({ goto: 'end', failure: error });
  });

  it('is a failure where nobody gives a step', () => {
    for (const bad of [null, {}, { steps: [] }, { steps: [{ agent: 5 }] }, { steps: 'all' }]) {
      const { commands } = play({ planner: 'planner' }, null, () => bad);
      expect(commands.at(-1)).toMatchObject({ goto: 'end', failure: { code: 'policy_failed' } });
    }
  });

  it('makes decisions that fit a batch, however many steps have large results and inputs', () => {
    const large = steps(40).map((step) => ({ ...step, input: 'x'.repeat(100_000) }));
    const { commands } = play(given, { steps: large }, () => 'y'.repeat(31_000));
    for (const { update, plan, reason } of commands)
      expect(byteLength(JSON.stringify({ update, plan, reason }))).toBeLessThan(decisionBytes);
    expect(commands.at(-1)?.result).toHaveLength(40);
  });

  it('comes to the same results after a reset to any of its steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(7), (count, at) => {
        const runInput = { steps: steps(count) };
        const whole = play(given, runInput, (_, call) => `result ${call}`);
        const back = Math.min(at, count - 1);
        const point = foldUntilStep({ state: emptyState('r'), last: [] }, whole.events, `a#${back + 1}`);
        if (!point) throw new Error('there is no such step');
        const again = play(given, runInput, (_, call) => `result ${call + back}`, point);
        expect(again.calls).toEqual(whole.calls.slice(back));
        expect(again.commands.at(-1)).toEqual(whole.commands.at(-1));
      }),
    );
  });
});
