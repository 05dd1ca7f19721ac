/**
 * Who comes next, without a model. Replayed: pure.
 *
 *   research ─▶ not a build request ─▶ end
 *      └─▶ architect ─▶ hitl (unless approved beforehand) ─ approve ─▶ codesmith ─▶ end
 *              ▲          ├─ revise, at most three times ─┐
 *              └──────────┼──────────────────────────────┘
 *                         └─ reject, or nobody in time ─▶ end
 */
import type { Command, StepOutcome } from '../supervisor/define-blueprint.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import type { KiInput } from './contract.ts';

/** As `context.research`, `context.architecture`, `context.approval` and `context.code` of the state have them. */
export interface KiContext {
  research?: { summary: string; technologies: string[] } | null;
  architecture?: { summary: string; proposed_structure: Record<string, string[]>; reasoning: string } | null;
  approval?: { decision: 'approve' | 'reject' | 'revise'; feedback: string; isExpired: boolean } | null;
  code?: { summary: string } | null;
  /** How often the proposal was sent back. */
  revisions?: number;
}

type KiStatus = 'completed' | 'rejected' | 'timed_out';

const revisionsMax = 3;
const wishCharacters = 200;

const buildRequest = /\b(build|create|implement|write|develop|generate|add|refactor|fix)\b/i;

export function isBuildRequest(message: string): boolean {
  return buildRequest.test(message);
}

export function route(state: Readonly<RunState>, last: readonly StepOutcome[], runInput: unknown): Command {
  const input = runInput as KiInput;
  const context = state.context as KiContext;
  const [outcome] = last;
  const result = outcome?.status === 'completed' ? outcome.result : null;
  switch (outcome?.agent) {
    case undefined:
      return {
        goto: { agent: 'research_agent', instructions: `Study the workspace for: ${wishOf(input)}` },
        reason: 'Nothing is known yet; the workspace and its technologies come first',
        // What an earlier message of the session has left.
        update: { research: null, architecture: null, approval: null, code: null, revisions: 0 },
      };
    case 'research_agent':
      if (!isBuildRequest(input.message))
        return finish('completed', 'Nothing is to be built; the research answers the request', { research: result });
      return propose(`Propose a structure for: ${wishOf(input)}`, 'Research is in; a structure is needed next');
    case 'architect_agent':
      if (input.autoApprove) return code(input, 'The structure is approved beforehand; it can be built');
      return {
        goto: { agent: 'hitl_agent', instructions: 'Ask a person to approve the proposed structure' },
        reason: 'A structure is proposed; a person must approve it',
      };
    case 'hitl_agent':
      return afterApproval(context, input);
    default:
      return finish('completed', 'The code is written', {
        research: context.research ?? null,
        architecture: context.architecture ?? null,
        code: result,
      });
  }
}

function afterApproval({ approval, architecture = null, revisions = 0 }: KiContext, input: KiInput): Command {
  const feedback = approval?.feedback ?? '';
  if (approval?.isExpired === true)
    return finish('timed_out', 'Nobody approved the structure in time', { architecture });
  if (approval?.decision === 'approve') return code(input, 'The structure is approved; it can be built');
  if (approval?.decision !== 'revise')
    return finish('rejected', 'The structure was rejected', { architecture, feedback });
  if (revisions >= revisionsMax)
    return finish('rejected', `The structure was sent back after ${revisionsMax} revisions`, {
      architecture,
      feedback,
    });
  const instructions = feedback.trim() === '' ? 'Propose another structure' : feedback;
  return {
    ...propose(instructions, 'The structure was sent back for a revision'),
    update: { revisions: revisions + 1 },
  };
}

function propose(instructions: string, reason: string): Command {
  return { goto: { agent: 'architect_agent', instructions }, reason };
}

function code(input: KiInput, reason: string): Command {
  return { goto: { agent: 'codesmith_agent', instructions: `Write the code for: ${wishOf(input)}` }, reason };
}

export function finish(status: KiStatus, reason: string, result: Record<string, unknown>): Command {
  return { goto: 'end', reason, result: { status, summary: reason, ...result } };
}

export function wishOf({ message }: KiInput): string {
  const wish = message.trim().replaceAll(/\s+/g, ' ');
  return wish.length <= wishCharacters ? wish : `${wish.slice(0, wishCharacters).toWellFormed()}…`;
}
