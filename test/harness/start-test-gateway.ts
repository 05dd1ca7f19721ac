/** The real surface over the engine of a test's Baton. */
import type { Surface } from '../../gateway/surface.ts';
import { startSurface } from '../../gateway/surface.ts';
import { createLog } from '../../runtime/log.ts';
import type { TestBaton } from './baton.ts';

/** On a port of its own; any number of them over one engine. */
export function startTestGateway({ config, engine, metrics }: TestBaton): Promise<Surface> {
  return startSurface({ config, engine, metrics, log: createLog('test', 'error') });
}
