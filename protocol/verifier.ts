/**
 * What asks a worker to verify runs, and the workflow that does, say to each other. Plain: the workflow bundle imports
 * this file.
 */

export const verifierType = 'batonVerifier';

/** No run can be called so. */
export function verifierId(name: string): string {
  return `verify/${name}`;
}

/** Its result is a `Verification` of each: of the run's newest execution alone, which is the one that goes on. */
export interface VerifierInput {
  runs: readonly string[];
}
