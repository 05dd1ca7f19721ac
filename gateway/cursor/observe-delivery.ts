import type { LogEntry } from '../engine.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** One observation for what was sent together: the newest entry's. */
export function observeDelivery(metrics: Metrics, transport: string, newest: LogEntry | undefined): void {
  if (newest === undefined) return;
  const seconds = (Date.now() - Date.parse(newest.event.recordedAt)) / 1_000;
  metrics.deliverySeconds.observe({ transport }, Math.max(0, seconds));
}
