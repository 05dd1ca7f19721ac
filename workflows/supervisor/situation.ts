/** The state of a run in brief, for a model that decides: a few kilobytes, however large the run. Pure. */
import type { Situation, StepOutcome } from '../../protocol/execution.ts';
import {
  situationEntries,
  situationInputCharacters,
  situationOutcomeCharacters,
  situationValueCharacters,
} from '../../protocol/limits.ts';
import type { RunState } from '../../protocol/schemas/state.ts';

export function situationOf(
  state: Readonly<RunState>,
  {
    task,
    last,
    decisions,
  }: { task: unknown; last: readonly StepOutcome[]; decisions: readonly { goto: string; reason: string }[] },
): Situation {
  const context = Object.entries(state.context).slice(-situationEntries);
  const answered = state.questions.filter(({ answers }) => answers.length > 0).slice(-situationEntries);
  return {
    task: inBrief(task, situationInputCharacters),
    iteration: state.iteration + 1,
    context: Object.fromEntries(context.map(([key, value]) => [key, inBrief(value, situationValueCharacters)])),
    agents: Object.entries(state.agents).map(([name, { status, calls }]) => ({ name, status, calls })),
    answers: answered.flatMap(({ kind, answers }) =>
      answers.map(({ answer }) => ({ kind, answer: inBrief(answer, situationValueCharacters) })),
    ),
    decisions: decisions.slice(-situationEntries),
    last: last.map((outcome) => ({
      agent: outcome.agent,
      step: outcome.step,
      status: outcome.status,
      outcome: inBrief(
        outcome.status === 'completed' ? outcome.result : `${outcome.error.code}: ${outcome.error.message}`,
        situationOutcomeCharacters,
      ),
    })),
  };
}

/** As it is if it is a text, else as JSON; cut so that it says what is missing. */
export function inBrief(value: unknown, characters: number): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  if (text.length <= characters) return text.toWellFormed();
  return `${text.slice(0, characters).toWellFormed()}… (${text.length - characters} more characters)`;
}
