import type { Config } from '../../runtime/config.ts';
import type { Log } from '../../runtime/log.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { startSurface, type Surface } from '../surface.ts';
import { bundleEngine } from './bundle-engine.ts';
import type { UnpackedBundle } from './unpack-bundle.ts';

/** A gateway that shows one bundle, and nothing else. Rejects when the port is busy. */
export async function startBundle(
  bundle: UnpackedBundle,
  { config, log }: { config: Config; log: Log },
): Promise<Surface> {
  const engine = bundleEngine(bundle, { config, log });
  const surface = await startSurface({ config, engine, log, metrics: createMetrics(), dialectFolders: [] });
  return {
    port: surface.port,
    stop: async () => {
      await surface.stop();
      await engine.close();
    },
  };
}
