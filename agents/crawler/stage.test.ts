import { expect, test } from 'vitest';
import { isReached, processingPercentage, stagePercentage } from './stage.ts';

test('stages follow each other, with percentages that do not fall', () => {
  const stages = [
    'starting',
    'analyzing',
    'sitemap',
    'webpage',
    'crawling',
    'processing',
    'storing',
    'completed',
  ] as const;
  expect(stages.map(stagePercentage)).toEqual([0, 5, 10, 10, 15, 65, 80, 100]);
  expect(stages.filter((stage) => isReached('crawling', stage))).toEqual(stages.slice(0, 5));
  expect(stages.filter((stage) => isReached('', stage))).toEqual([]);
});

test('cutting pages goes from 65 up to 79, and is 65 where there is nothing to cut', () => {
  expect([0, 1, 2, 4].map((done) => processingPercentage(done, 4))).toEqual([65, 68, 72, 79]);
  expect(processingPercentage(0, 0)).toBe(65);
});
