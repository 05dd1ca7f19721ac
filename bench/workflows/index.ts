/** Workflows without Baton. */
export { bareSteps } from './bare-steps.ts';
export { streamed } from './streamed.ts';
