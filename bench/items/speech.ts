/** A run whose first agent is one of the bench's speakers: it stands ready, speaks on its cue, then is silent. */
import { randomUUID } from 'node:crypto';
import type { Cue } from '../speech-gate.ts';
import type { Stage } from '../stage.ts';
import type { DialectSurface } from '../surfaces.ts';

export interface Speech {
  run: string;
  begin(cue: Cue): Promise<void>;
  end(): Promise<void>;
}

/** Resolves when the speaker is ready and the log is quiet. */
export async function openSpeech(stage: Stage, { blueprint, input }: DialectSurface): Promise<Speech> {
  const { part } = await stage.engine();
  const run = await stage.startRun(blueprint, input, { id: `bench-${randomUUID()}` });
  await part.call('speakerOf', run);
  return {
    run,
    begin: (cue) => part.call('giveCue', { run, cue }).then(() => undefined),
    end: () => stage.cancel(run),
  };
}
