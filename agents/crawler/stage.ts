/** Stages of a crawl in their order, with the percentage at which each begins. Pure. */
const percentages = {
  starting: 0,
  analyzing: 5,
  sitemap: 10,
  webpage: 10,
  crawling: 15,
  processing: 65,
  storing: 80,
  completed: 100,
} as const;

export type Stage = keyof typeof percentages;

const order = Object.keys(percentages);

export function stagePercentage(stage: Stage): number {
  return percentages[stage];
}

/** Whether a crawl that has come to `reached` has been at `stage`. The empty string is before all of them. */
export function isReached(reached: string, stage: Stage): boolean {
  return order.indexOf(reached) >= order.indexOf(stage);
}

/** Within a stage, by the share of its work that is done; the next stage's own percentage is never told early. */
export function percentageWithin(stage: 'processing' | 'storing', done: number, total: number): number {
  const begin = percentages[stage];
  const end = stage === 'processing' ? percentages.storing : percentages.completed;
  return begin + Math.floor(((end - 1 - begin) * done) / Math.max(total, 1));
}
