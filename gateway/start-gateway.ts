/** A gateway process: the engine behind, the surface before it. */
import type { Config } from '../runtime/config.ts';
import type { LiveBus } from '../runtime/live-bus.ts';
import type { Log } from '../runtime/log.ts';
import { requireAuthentication } from './auth/require-authentication.ts';
import { createEngine } from './create-engine.ts';
import { createMetrics } from './metrics/metrics.ts';
import { startSurface, type Surface } from './surface.ts';

/**
 * Throws a `ConfigError` where it may not be open; rejects when the port is busy. `folders`: where blueprints are,
 * ours by default.
 */
export async function startGateway(
  config: Config,
  { bus, log, folders }: { bus: LiveBus; log: Log; folders?: readonly string[] },
): Promise<Surface> {
  requireAuthentication(config);
  const metrics = createMetrics();
  const engine = await createEngine(config, { bus, log, metrics, ...(folders ? { folders } : {}) });
  try {
    const surface = await startSurface({ config, engine, log, metrics, bus });
    return {
      port: surface.port,
      stop: async () => {
        await surface.stop();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
