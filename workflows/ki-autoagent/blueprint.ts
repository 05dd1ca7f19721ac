/** Replayed. */
import { kiFeedbackCharacters } from '../../protocol/limits.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { defineBlueprint } from '../supervisor/define-blueprint.ts';
import type { KiInput } from './contract.ts';
import { modelRouting } from './model-routing.ts';
import { route, type KiContext } from './routing.ts';

const minuteMs = 60_000;

const contextOf = (state: Readonly<RunState>) => state.context as KiContext;
const wishOf = (runInput: unknown, { instructions = null }: { instructions?: string | null }) => {
  const { message, workspacePath = null } = runInput as KiInput;
  return { message, workspacePath, instructions };
};

export const blueprint = defineBlueprint({
  name: 'ki-autoagent',
  agents: {
    research_agent: {
      timeoutMs: 5 * minuteMs,
      span: [0, 0.25],
      input: (_state, runInput, branch) => wishOf(runInput, branch),
    },
    architect_agent: {
      timeoutMs: 10 * minuteMs,
      span: [0.25, 0.45],
      input: (state, runInput, { instructions = null }) => {
        const { research, architecture, approval } = contextOf(state);
        const wanted = approval?.decision === 'revise' ? approval.feedback : instructions;
        return {
          message: (runInput as KiInput).message,
          // What is said of a later proposal is why the one before it will not do.
          instructions: architecture ? null : instructions,
          technologies: research?.technologies ?? [],
          previous: architecture?.proposed_structure ?? null,
          feedback: architecture ? (wanted?.slice(0, kiFeedbackCharacters) ?? null) : null,
        };
      },
    },
    hitl_agent: {
      span: [0.45, 0.5],
      input: (state, runInput) => ({
        architecture: contextOf(state).architecture ?? null,
        timeoutSeconds: (runInput as KiInput).hitlTimeoutSeconds,
      }),
    },
    codesmith_agent: {
      timeoutMs: 20 * minuteMs,
      span: [0.5, 1],
      input: (state, runInput, branch) => {
        const { research, architecture } = contextOf(state);
        return {
          ...wishOf(runInput, branch),
          technologies: research?.technologies ?? [],
          structure: architecture?.proposed_structure ?? {},
        };
      },
    },
  },
  policy: route,
  model: modelRouting,
  limits: { iterations: 20 },
});
