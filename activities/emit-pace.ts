/**
 * How long an agent's next emit signal waits after the last one. The first ones go at once; the more of its share of
 * signals an activity has used, the longer events are gathered, so that a talkative agent does not use up its share in
 * minutes. An event after a pause longer than the gap always goes at once.
 */
const gaps = [
  { untilShare: 0.05, gapMs: 0 },
  { untilShare: 0.25, gapMs: 10 },
  { untilShare: 0.5, gapMs: 50 },
  { untilShare: 0.75, gapMs: 200 },
] as const;
const lastGapMs = 1_000;

export function emitGapMs(signalsSpent: number, signalBudget: number): number {
  const share = signalBudget > 0 ? signalsSpent / signalBudget : 1;
  return gaps.find(({ untilShare }) => share < untilShare)?.gapMs ?? lastGapMs;
}
