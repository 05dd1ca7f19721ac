/** Which code a worker runs. Two processes with the same workflow code and settings say the same. */
import { createHash } from 'node:crypto';

/** All workers of Baton are versions of this one of Temporal's worker deployments. */
export const deploymentName = 'baton';

/** BATON_BUILD_ID, or twelve hex digits over the code of the workflow bundle. */
export function buildIdOf({ BATON_BUILD_ID: given }: { BATON_BUILD_ID?: string | undefined }, code: string): string {
  return given ?? createHash('sha256').update(withoutPaths(code)).digest('hex').slice(0, 12);
}

/** The bundler names modules by where they lie: the folder of the entry is a new one each time. */
function withoutPaths(code: string): string {
  return code.replace(/^.*\bbaton-bundle-[A-Za-z0-9]{6}\b.*$/gm, '');
}
