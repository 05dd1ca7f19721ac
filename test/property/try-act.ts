/** One act on a run, foretold before, and all that must hold of it. */
import { expect } from 'vitest';
import type { Edits, Prediction } from '../../protocol/schemas/commands.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { readUntil } from '../harness/baton.ts';
import { Api } from '../harness/gateway.ts';
import { repeatedIn } from './foretold.ts';
import { lettersOf, outcomeOf, readLetters, stateOf, toEnd, type Play } from './played-run.ts';

export interface Act {
  command: 'reset' | 'fork' | 'resume' | 'retry';
  step?: string;
  edits?: Edits;
}

/** What is done once it was acted, before the run is lived to its end. */
type Between = () => void | Promise<void>;

/**
 * Holds that a dry run does nothing, that what was in the log before is unchanged to the letter, that no seq is missing,
 * that what was foretold is what happened, and that the run ends as `reference`, one that never failed. The id of the run
 * that went on. `isGoingOn`: the run that is forked does something by itself meanwhile.
 */
export async function tryAct(
  play: Play,
  run: string,
  { command, ...wanted }: Act,
  { reference, between, isGoingOn = false }: { reference: RunState; between?: Between; isGoingOn?: boolean },
): Promise<string> {
  const api = new Api(play.world.gateway.url);
  const before = await lettersOf(play, run);
  const foretold = await api.post(`/v1/runs/${run}/${command}`, { ...wanted, dryRun: true });
  expect(foretold).toMatchObject({ status: 200 });
  expect(await lettersOf(play, run)).toEqual(before);

  const acted = await api.post(`/v1/runs/${run}/${command}`, wanted);
  expect(acted).toMatchObject({ status: command === 'fork' ? 201 : 200 });
  const target = String(acted.body['id']);
  await between?.();
  const began = command === 'fork' ? 0 : await seqOfAct(play, run, before.length);
  const after = await toEnd(play, target, began);

  const log = await lettersOf(play, target);
  expect(readLetters(log).map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  const old = await lettersOf(play, run);
  expect(command === 'fork' && !isGoingOn ? old : old.slice(0, before.length)).toEqual(before);
  const named = { run, command, ...wanted };
  expect({ ...named, ...expected(play, foretold.body as unknown as Prediction) }).toEqual({
    ...named,
    ...repeated(play, repeatedIn(readLetters(before), after)),
  });
  expect({ ...named, outcome: outcomeOf(play, await stateOf(play, target)) }).toEqual({
    ...named,
    outcome: outcomeOf(play, reference),
  });
  return target;
}

function expected(_play: Play, { repeats, questions }: Prediction) {
  return { steps: repeats.map(({ step }) => step).toSorted(), questions: questions.length };
}

function repeated({ story }: Play, happened: ReturnType<typeof repeatedIn>) {
  return story.repeatsNothing === undefined ? happened : { ...happened, steps: [] };
}

/** The reset or retry after the cursor: what is lived from it on comes behind it. */
async function seqOfAct({ world }: Play, run: string, after: number): Promise<number> {
  const isAct = ({ type }: RunEvent) => type === 'run.reset' || type === 'run.retried';
  return (await readUntil(world.gateway.baton.engine, run, isAct, { after })).at(-1)?.seq ?? 0;
}
