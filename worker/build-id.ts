/** Which code a worker runs. Two processes with the same workflow code and settings say the same. */
import { createHash } from 'node:crypto';

/** All workers of Baton are versions of this one of Temporal's worker deployments. */
export const deploymentName = 'baton';

/** BATON_BUILD_ID, or twelve hex digits over the code of the workflow bundle. */
export function buildIdOf({ BATON_BUILD_ID: given }: { BATON_BUILD_ID?: string | undefined }, code: string): string {
  return given ?? createHash('sha256').update(withoutPaths(code)).digest('hex').slice(0, 12);
}

/** Where the entry lay, a new folder each time, also in names that are made of it; and the map, which has it inside. */
function withoutPaths(code: string): string {
  return code
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replace(/^;?\/\/.*\bbaton-bundle-.*$/gm, '')
    .replace(/\b[\w$]*baton_bundle_[A-Za-z0-9]{6}_/g, '');
}
