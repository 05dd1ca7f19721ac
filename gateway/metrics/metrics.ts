/** Everything a gateway counts, in a registry of its own. Names end in their unit, as Prometheus wants them. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const fastSeconds = [0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  /** What Temporal is asked for at a scrape; an engine puts its own in (see standing.ts). */
  const scraped = { refresh: async (): Promise<void> => undefined };
  const collect = () => scraped.refresh();
  return {
    registry,
    scraped,
    temporalUp: new Gauge({
      name: 'baton_temporal_up',
      help: '1: Temporal answered what the last scrape asked of it, 0: it did not',
      registers,
      collect,
    }),
    openRuns: new Gauge({
      name: 'baton_open_runs',
      help: 'Runs that have not ended, in the whole namespace; stuck ones need somebody',
      labelNames: ['status'],
      registers,
      collect,
    }),
    endedRecently: new Gauge({
      name: 'baton_runs_ended_5m',
      help: 'Runs that ended within the last 5 minutes, in the whole namespace',
      labelNames: ['status'],
      registers,
      collect,
    }),
    queueWorkers: new Gauge({
      name: 'baton_task_queue_workers',
      help: 'Workers that ask for tasks of the queue',
      labelNames: ['queue'],
      registers,
      collect,
    }),
    queueBacklog: new Gauge({
      name: 'baton_task_queue_backlog',
      help: 'Tasks of the queue that wait for a worker',
      labelNames: ['queue'],
      registers,
      collect,
    }),
    queueBacklogSeconds: new Gauge({
      name: 'baton_task_queue_backlog_seconds',
      help: 'How long the oldest task of the queue has waited for a worker',
      labelNames: ['queue'],
      registers,
      collect,
    }),
    tellersFailing: new Gauge({
      name: 'baton_webhooks_failing',
      help: 'Runs whose webhook does not take what is posted to it, so that it is tried again',
      registers,
      collect,
    }),
    policyReports: new Counter({
      name: 'baton_console_policy_reports_total',
      help: "What the policy of the console's page has kept from happening; above 0 is a fault or an attack",
      registers,
    }),
    socketsMax: new Gauge({
      name: 'baton_sockets_max',
      help: 'Sockets and event streams that this gateway takes (BATON_MAX_CONNECTIONS)',
      registers,
    }),
    runsStarted: new Counter({
      name: 'baton_runs_started_total',
      help: 'Runs that were begun through this gateway',
      labelNames: ['blueprint'],
      registers,
    }),
    runsEnded: new Counter({
      name: 'baton_runs_ended_total',
      help: 'Ends of runs that this gateway tailed',
      labelNames: ['blueprint', 'outcome'],
      registers,
    }),
    eventsSent: new Counter({
      name: 'baton_events_sent_total',
      help: 'Durable events sent to clients',
      labelNames: ['transport'],
      registers,
    }),
    liveSent: new Counter({
      name: 'baton_live_frames_sent_total',
      help: 'Live frames sent to clients',
      labelNames: ['transport'],
      registers,
    }),
    liveDropped: new Counter({
      name: 'baton_live_frames_dropped_total',
      help: 'Live frames that a slow client did not get',
      registers,
    }),
    deliverySeconds: new Histogram({
      name: 'baton_event_delivery_seconds',
      help: "From an event's recordedAt to its sending, clients that keep up",
      labelNames: ['transport'],
      buckets: fastSeconds,
      registers,
    }),
    httpSeconds: new Histogram({
      name: 'baton_http_request_seconds',
      help: 'Duration of HTTP requests, long polls included, streams not',
      labelNames: ['method', 'route', 'status'],
      buckets: [...fastSeconds, 30],
      registers,
    }),
    operationSeconds: new Histogram({
      name: 'baton_socket_operation_seconds',
      help: 'Duration of WebSocket operations',
      labelNames: ['op', 'outcome'],
      buckets: fastSeconds,
      registers,
    }),
    sockets: new Gauge({ name: 'baton_sockets', help: 'Open WebSockets', registers }),
    streams: new Gauge({ name: 'baton_event_streams', help: 'Open event streams (SSE)', registers }),
    subscriptions: new Gauge({ name: 'baton_subscriptions', help: 'Subscriptions of WebSockets to runs', registers }),
    backpressured: new Gauge({
      name: 'baton_backpressured_cursors',
      help: 'Subscriptions and streams that wait for their client to read',
      registers,
    }),
    refused: new Counter({
      name: 'baton_refused_total',
      help: 'Requests and frames that were refused, by code',
      labelNames: ['code'],
      registers,
    }),
    tailLagSeconds: new Histogram({
      name: 'baton_tail_lag_seconds',
      help: "From an event's recordedAt to its place in the feed",
      buckets: fastSeconds,
      registers,
    }),
    tails: new Gauge({ name: 'baton_tails', help: 'Runs whose history is being tailed', registers }),
    seqMismatch: new Counter({
      name: 'baton_seq_mismatch_total',
      help: "Batches whose first seq disagreed with the history's order",
      registers,
    }),
    dialectSockets: new Gauge({
      name: 'ws_connections_active',
      help: 'Open sockets of a dialect',
      labelNames: ['system'],
      registers,
    }),
    dialectSocketSeconds: new Histogram({
      name: 'ws_connection_duration_seconds',
      help: 'How long sockets of a dialect were open',
      labelNames: ['system'],
      buckets: [0.1, 1, 10, 60, 300, 1_800, 3_600, 86_400],
      registers,
    }),
    dialectMessagesSent: new Counter({
      name: 'ws_messages_sent_total',
      help: 'Frames sent to sockets of a dialect',
      labelNames: ['system'],
      registers,
    }),
    feedBytes: new Gauge({ name: 'baton_feed_bytes', help: 'Bytes of logs in memory', registers }),
  };
}
