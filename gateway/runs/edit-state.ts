/** What a state becomes by edits, and whether today's blueprint can go on from it. */
import type { z } from 'zod';
import { BatonError } from '../../protocol/errors.ts';
import type { RestoredAnswers, StepOutcome } from '../../protocol/execution.ts';
import { faultsShown } from '../../protocol/limits.ts';
import type { Edits } from '../../protocol/schemas/commands.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { isBefore } from './is-before.ts';
import { parseInput } from './parse-input.ts';
import { readableExecutions, type RunReading } from './read-run.ts';
import { restoredAnswers } from './restored-answers.ts';
import { canonicalJson, type RunContext } from './run-context.ts';
import { stepsOf, stepUnknown, type Point } from './standing-point.ts';

export interface Edited {
  state: RunState;
  input: unknown;
  carry: { last: StepOutcome[]; restored?: RestoredAnswers[] };
}

/** Errors: invalid_input, invalid_state, step_unknown, question_unknown, invalid_answer; `field` is the path in the request. */
export async function editedState(
  context: RunContext,
  reading: RunReading,
  point: Point,
  { edits = {}, by }: { edits?: Edits | undefined; by: string },
): Promise<Edited> {
  const { blueprint } = point.state;
  const input = edits.input === undefined ? point.input : parseInput(context, blueprint, edits.input, 'edits.input');
  if (edits.input === undefined) parseInput(context, blueprint, point.input);
  const wantsLog = edits.results !== undefined || edits.answers !== undefined || edits.keepAnswers !== undefined;
  const log = wantsLog ? (await readableExecutions(context, reading)).flatMap(({ events }) => events) : [];
  const { state, last } = withResults(context, reading.run, point, { results: edits.results ?? {}, log });
  const edited = { ...state, context: { ...state.context, ...edits.context } };
  checkContext(context, edited, edits);
  checkRoster(context, edited, point.step);
  const restored = restoredAnswers(log, point.state, edits, by);
  return { state: edited, input, carry: { last, ...(restored.length === 0 ? {} : { restored }) } };
}

/** As its agent could have returned it. Of an agent that declares nothing (an MCP server) any result is taken. */
function checkedResult({ agents }: RunContext, step: string, result: unknown): unknown {
  const parsed = agents.get(step.slice(0, step.lastIndexOf('#')))?.output.safeParse(result);
  if (!parsed) return result;
  if (parsed.success) return parsed.data;
  throw invalidState(parsed.error.issues, (path) => ['edits', 'results', step, ...path].map(String).join('.'));
}

/**
 * The edited result stands where the old one did: among the last outcomes, and whole under a key of the context, put there
 * by its own step or by a decision.
 */
function withResults(
  context: RunContext,
  run: string,
  { state, last }: Point,
  { results, log }: { results: Readonly<Record<string, unknown>>; log: readonly RunEvent[] },
): { state: RunState; last: StepOutcome[] } {
  let outcomes = last;
  const replaced: Record<string, unknown> = {};
  for (const [step, edited] of Object.entries(results)) {
    const ended = isBefore(state, step)
      ? log.findLast((event) => event.step === step && isEnd(event) && event.seq <= state.lastSeq)
      : undefined;
    if (!ended) throw stepUnknown(run, step, stepsOf(state), `edits.results.${step}`);
    const result = checkedResult(context, step, edited);
    outcomes = outcomes.map((outcome) => (outcome.step === step ? completed(outcome, result) : outcome));
    const old = canonicalJson(ended.data['result'] ?? null);
    for (const event of log) {
      const isPut = event === ended || (event.type === 'supervisor.decided' && event.seq > ended.seq);
      if (!isPut || event.seq > state.lastSeq) continue;
      for (const [key, value] of Object.entries((event.data['update'] as Record<string, unknown> | undefined) ?? {}))
        if (canonicalJson(value) === old && canonicalJson(state.context[key] ?? null) === old) replaced[key] = result;
    }
  }
  return { state: { ...state, context: { ...state.context, ...replaced } }, last: outcomes };
}

function isEnd({ type }: RunEvent): boolean {
  return type === 'agent.completed' || type === 'agent.failed';
}

function completed({ agent, step }: StepOutcome, result: unknown): StepOutcome {
  return { agent, step, status: 'completed', result };
}

/** A context of a blueprint that says what it may be is checked, edited or not: the code of today must take it. */
function checkContext({ contracts }: RunContext, { blueprint, context }: RunState, edits: Edits): void {
  const schema = contracts.get(blueprint)?.context;
  const parsed = schema?.safeParse(context);
  if (!parsed || parsed.success) return;
  throw invalidState(parsed.error.issues, (path) =>
    (path.length > 0 && Object.hasOwn(edits.context ?? {}, String(path[0]))
      ? ['edits', 'context', ...path]
      : ['context', ...path]
    )
      .map(String)
      .join('.'),
  );
}

function invalidState(issues: readonly z.core.$ZodIssue[], fieldOf: (path: PropertyKey[]) => string): BatonError {
  const faults = issues.slice(0, faultsShown).map(({ path, message }) => ({ field: fieldOf(path), message }));
  const [first] = faults;
  const message = `${first?.field ?? 'context'}: ${first?.message ?? 'does not fit'}; edit it so that today's blueprint takes it`;
  return new BatonError('invalid_state', message, { field: first?.field ?? 'context', faults });
}

/** Where the blueprint names its agents, those that are still to come must be among them. */
function checkRoster({ contracts }: RunContext, { blueprint, plan, id }: RunState, step: string | null): void {
  const agents = contracts.get(blueprint)?.agents;
  if (!agents) return;
  const agent = step?.slice(0, step.lastIndexOf('#'));
  if (step !== null && agent !== undefined && !agents.includes(agent))
    throw new BatonError('step_unknown', `${step}: blueprint ${blueprint} has no agent ${agent} today`, {
      field: 'step',
      run: id,
      agents,
    });
  const index = (plan ?? []).findIndex(
    ({ status, agent: planned }) => status !== 'completed' && !agents.includes(planned),
  );
  if (index === -1) return;
  const field = `plan.${index}.agent`;
  throw new BatonError(
    'invalid_state',
    `${field}: blueprint ${blueprint} has no agent ${String(plan?.[index]?.agent)} today`,
    {
      field,
      agents,
    },
  );
}
