/** A gateway process: the engine behind, the surface before it. */
import type { Config } from '../runtime/config.ts';
import type { LiveBus } from '../runtime/live-bus.ts';
import type { Log } from '../runtime/log.ts';
import { createEngine } from './create-engine.ts';
import { createMetrics } from './metrics/metrics.ts';
import { startSurface, type Surface } from './surface.ts';

/** Throws a `ConfigError` where it may not be open; rejects when the port is busy. */
export async function startGateway(config: Config, { bus, log }: { bus: LiveBus; log: Log }): Promise<Surface> {
  const metrics = createMetrics();
  const engine = await createEngine(config, { bus, log });
  try {
    const surface = await startSurface({ config, engine, log, metrics });
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
