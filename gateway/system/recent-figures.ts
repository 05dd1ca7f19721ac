/** Rates and latencies of the last minute: what the counters say now, less what they said then. */
import { figuresSampleMs, figuresWindowMs } from '../../protocol/limits.ts';
import type { GatewayStanding } from '../../protocol/schemas/system.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { quantile, type Buckets } from './quantile.ts';

type Sampled = Pick<Metrics, 'eventsSent' | 'httpSeconds' | 'deliverySeconds'>;
type Recent = GatewayStanding['recent'];

interface Sample {
  atMs: number;
  events: number;
  requests: number;
  delivery: Buckets;
}

export class RecentFigures implements Disposable {
  private readonly metrics: Sampled;
  private readonly now: () => number;
  private readonly sampling: NodeJS.Timeout;
  /** Oldest first; the first is as old as the window, or the beginning. */
  private readonly samples: Sample[];

  constructor(metrics: Sampled, now: () => number = Date.now) {
    this.metrics = metrics;
    this.now = now;
    this.samples = [{ atMs: now(), events: 0, requests: 0, delivery: new Map() }];
    this.sampling = setInterval(() => void this.sample(), figuresSampleMs);
    this.sampling.unref();
  }

  async read(): Promise<Recent> {
    const last = await this.take();
    const [first = last] = this.samples;
    const seconds = Math.max(last.atMs - first.atMs, 1) / 1_000;
    const delivery: Buckets = new Map(
      [...last.delivery].map(([bound, count]) => [bound, count - (first.delivery.get(bound) ?? 0)]),
    );
    return {
      seconds,
      eventsPerSecond: rounded((last.events - first.events) / seconds),
      requestsPerSecond: rounded((last.requests - first.requests) / seconds),
      delivery: {
        count: delivery.get(Infinity) ?? 0,
        p50Ms: millisOf(quantile(delivery, 0.5)),
        p95Ms: millisOf(quantile(delivery, 0.95)),
      },
    };
  }

  /** Called by itself every few seconds. */
  async sample(): Promise<void> {
    const sample = await this.take();
    this.samples.push(sample);
    while ((this.samples[1]?.atMs ?? Infinity) <= sample.atMs - figuresWindowMs) this.samples.shift();
  }

  [Symbol.dispose](): void {
    clearInterval(this.sampling);
  }

  private async take(): Promise<Sample> {
    const { eventsSent, httpSeconds, deliverySeconds } = this.metrics;
    const atMs = this.now();
    const [events, requests, delivery] = await Promise.all([
      eventsSent.get(),
      httpSeconds.get(),
      deliverySeconds.get(),
    ]);
    const isCount = ({ metricName }: { metricName?: string }) => metricName?.endsWith('_count') === true;
    return {
      atMs,
      events: sum(events.values),
      requests: sum(requests.values.filter(isCount)),
      delivery: bucketsOf(delivery.values),
    };
  }
}

/** Over all labels but the bound, which the library's types do not know of. */
function bucketsOf(values: readonly { labels: object; value: number }[]): Buckets {
  const buckets: Buckets = new Map();
  for (const { labels, value } of values) {
    const { le } = labels as { le?: number | string };
    if (le === undefined) continue;
    const bound = le === '+Inf' ? Infinity : Number(le);
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return buckets;
}

function sum(values: readonly { value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}

function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}

function millisOf(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 10_000) / 10;
}
