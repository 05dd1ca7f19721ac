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

/** While pages are cut into chunks; the percentage of the next stage is never told early. */
export function processingPercentage(done: number, total: number): number {
  const span = percentages.storing - 1 - percentages.processing;
  return percentages.processing + Math.floor((span * done) / Math.max(total, 1));
}
