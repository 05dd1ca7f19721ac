/**
 * Who comes next, where a model routes. Replayed: pure. The model is free within what holds whatever it says:
 *
 *   the workspace is studied first            rules
 *   what a person has said is done            rules: approve ─▶ codesmith, revise ─▶ architect, reject, in vain ─▶ end
 *   a structure comes after research          architect is no choice before
 *   nothing is built that nobody approved     codesmith is none either, unless approved beforehand; a new proposal
 *                                             needs a new approval
 */
import type { RunState } from '../../protocol/schemas/state.ts';
import type { Choice, Command, ModelRouting, StepOutcome } from '../supervisor/define-blueprint.ts';
import type { KiInput } from './contract.ts';
import { finish, wishOf, type KiContext } from './routing.ts';

const brief = `
The task is a wish about a workspace of code. Usually:
- a question is answered by the research: end then;
- what is to be built, changed or mended needs a structure by the architect first, then the approval of a person
  (hitl_agent), then the codesmith, then the end;
- an agent whose result does not serve the wish may be called again with better instructions, once.
Tools beside these agents are for what none of them can do. Give each agent instructions in one or two sentences.
`;

function choices(state: Readonly<RunState>, last: readonly StepOutcome[], runInput: unknown): string[] | null {
  const [outcome] = last;
  if (outcome === undefined || outcome.agent === 'hitl_agent') return null;
  const { research, architecture, approval } = state.context as KiContext;
  const isApproved = (runInput as KiInput).autoApprove || approval?.decision === 'approve';
  return [
    'research_agent',
    ...(research ? ['architect_agent'] : []),
    ...(architecture && !isApproved ? ['hitl_agent'] : []),
    ...(architecture && isApproved ? ['codesmith_agent'] : []),
    'end',
  ];
}

function command(
  { goto, instructions, reason, input }: Choice,
  state: Readonly<RunState>,
  last: readonly StepOutcome[],
  runInput: unknown,
): Command {
  const { research = null, architecture = null, code = null } = state.context as KiContext;
  if (goto === 'end') {
    const [outcome] = last;
    const written = outcome?.agent === 'codesmith_agent' && outcome.status === 'completed' ? outcome.result : code;
    return finish('completed', reason, { research, architecture, code: written });
  }
  const branch = {
    agent: goto,
    instructions: instructions.trim() === '' ? `Work on: ${wishOf(runInput as KiInput)}` : instructions,
    ...(input === undefined ? {} : { input }),
  };
  return { goto: branch, reason, ...(goto === 'architect_agent' ? { update: { approval: null } } : {}) };
}

export const modelRouting: ModelRouting = {
  brief,
  choices,
  command,
  task: (_state, runInput) => (runInput as KiInput).message,
  end: 'the wish is fulfilled, or nothing more can be done for it',
  guests: { timeoutMs: 10 * 60_000 },
};
