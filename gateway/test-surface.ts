/** The real surface on a free port, over the engine that tests script. */
import { readConfig } from '../runtime/config.ts';
import type { LiveBus } from '../runtime/live-bus.ts';
import { createLog } from '../runtime/log.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { startSurface, type Surface } from './surface.ts';
import { TestEngine } from './test-engine.ts';

export interface TestSurface extends AsyncDisposable {
  engine: TestEngine;
  metrics: Metrics;
  surface: Surface;
  port: number;
  url: string;
  wsUrl: string;
}

export async function startTestSurface(
  settings: Record<string, string> = {},
  { bus }: { bus?: LiveBus } = {},
): Promise<TestSurface> {
  const config = readConfig({ BATON_PORT: '0', ...settings });
  const engine = new TestEngine();
  const metrics = createMetrics();
  const surface = await startSurface({ config, engine, metrics, log: createLog('test', 'error'), ...(bus && { bus }) });
  return {
    engine,
    metrics,
    surface,
    port: surface.port,
    url: `http://127.0.0.1:${surface.port}`,
    wsUrl: `ws://127.0.0.1:${surface.port}/v1/ws`,
    [Symbol.asyncDispose]: () => surface.stop(),
  };
}
