/** What this gateway says of itself, as its metrics have it. */
import { hostname } from 'node:os';
import type { GatewayStanding } from '../../protocol/schemas/system.ts';
import { version } from '../../runtime/version.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RecentFigures } from './recent-figures.ts';

/** `maxSockets`: BATON_MAX_CONNECTIONS. */
export async function gatewayStanding(
  metrics: Metrics,
  figures: RecentFigures,
  maxSockets: number,
): Promise<GatewayStanding> {
  const [dialects, recent] = await Promise.all([metrics.dialectSockets.get(), figures.read()]);
  const uptimeSeconds = Math.floor(process.uptime());
  return {
    toldAt: new Date().toISOString(),
    version,
    host: hostname(),
    process: process.pid,
    startedAt: new Date(Date.now() - process.uptime() * 1_000).toISOString(),
    uptimeSeconds,
    sockets: {
      native: await valueOf(metrics.sockets),
      dialects: Object.fromEntries(dialects.values.map(({ labels, value }) => [String(labels['system']), value])),
      streams: await valueOf(metrics.streams),
      max: maxSockets,
    },
    subscriptions: await valueOf(metrics.subscriptions),
    runsHeld: await valueOf(metrics.tails),
    logBytes: await valueOf(metrics.feedBytes),
    memoryBytes: process.memoryUsage.rss(),
    recent,
  };
}

/** Of a gauge without labels. */
async function valueOf(gauge: Metrics['sockets']): Promise<number> {
  return (await gauge.get()).values[0]?.value ?? 0;
}
