/** What an agent says between two events, as far as it is shown: the newest of its progress, and the text so far. Pure. */
import type { LiveFrame } from '../../client/index.ts';
import { withSample, type ProgressSample } from './progress-rate.ts';

export interface LiveStep {
  step: string;
  agent: string;
  attempt: number;
  fraction: number | null;
  message: string;
  /** Streamed text of a model, its end where it is long. */
  text: string;
  samples: readonly ProgressSample[];
}

/** Of streamed text. */
const textCharacters = 40_000;

/** Another attempt begins anew; frames of an older one say nothing. */
export function withFrame(before: LiveStep | undefined, frame: LiveFrame): LiveStep {
  const { step, agent, attempt, fraction, message, text } = frame;
  if (before !== undefined && before.attempt > attempt) return before;
  const same = before?.attempt === attempt ? before : undefined;
  const samples = same?.samples ?? [];
  return {
    step,
    agent,
    attempt,
    fraction: fraction ?? same?.fraction ?? null,
    message: message ?? same?.message ?? '',
    text: ((same?.text ?? '') + (text ?? '')).slice(-textCharacters),
    samples: fraction === undefined ? samples : withSample(samples, { atMs: Date.parse(frame.at), fraction }),
  };
}
