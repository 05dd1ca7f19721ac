/** Puts the surface together: one app, one port, every way in. */
import type { Config } from '../runtime/config.ts';
import type { Log } from '../runtime/log.ts';
import { gatewayDrainMs, tokenSweepMs } from '../protocol/limits.ts';
import { inProcessBus, type LiveBus } from '../runtime/live-bus.ts';
import { startTracing } from '../runtime/tracing.ts';
import { Admission, requestLimit } from './auth/admission.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { requireAuthentication } from './auth/require-authentication.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { openIdProvider } from './console/openid-provider.ts';
import { DialectSockets } from './dialects/dialect-sockets.ts';
import { loadDialects } from './dialects/load-dialects.ts';
import type { Engine } from './engine.ts';
import { HttpServer } from './http/http-server.ts';
import { routeTable } from './http/route-table.ts';
import type { SurfaceContext } from './http/surface-context.ts';
import type { Metrics } from './metrics/metrics.ts';
import { Presence } from './presence/presence.ts';
import { GatewayRoster } from './system/gateway-roster.ts';
import { gatewayStanding } from './system/gateway-standing.ts';
import { RecentFigures } from './system/recent-figures.ts';
import { closeListenSocket, createApp, listen } from './uws.ts';
import { SocketServer } from './ws/socket-server.ts';

export interface Surface {
  port: number;
  /** Sockets get 1001, requests that are being worked on finish, waiting ones answer at once. */
  stop(): Promise<void>;
}

/** Throws a `ConfigError` where it may not be open; rejects when the port is busy. */
export async function startSurface(parts: {
  config: Config;
  engine: Engine;
  log: Log;
  metrics: Metrics;
  /** By which gateways tell each other who has a question open; without it, this one knows of its own sockets alone. */
  bus?: LiveBus;
  /** Whose folders are dialects; ours by default. */
  dialectFolders?: readonly string[];
}): Promise<Surface> {
  const { config } = parts;
  requireAuthentication(config);
  const stopping = new AbortController();
  const figures = new RecentFigures(parts.metrics);
  const roster = new GatewayRoster({
    dataDir: config.dataDir,
    standing: () => gatewayStanding(parts.metrics, figures, config.BATON_MAX_CONNECTIONS),
    onFault: (err) => parts.log.warn({ err }, 'what gateways tell each other cannot be written or read'),
  });
  const context: SurfaceContext = {
    ...parts,
    roster,
    tracing: await startTracing(config.OTEL_EXPORTER_OTLP_ENDPOINT, 'baton-gateway'),
    authenticator: createAuthenticator(config),
    admission: new Admission(requestLimit(config), config.BATON_MAX_CONNECTIONS),
    originRule: { corsOrigins: config.CORS_ORIGINS ?? [], authenticationOn: config.authenticationOn },
    presence: new Presence(parts.bus ?? inProcessBus()),
    stopping: stopping.signal,
  };
  const app = createApp();
  const sockets = new SocketServer(context);
  const http = new HttpServer(context);
  const dialects = await loadDialects(context, parts.dialectFolders);
  const dialectSockets = new DialectSockets(context);
  sockets.mount(app);
  for (const dialect of dialects) dialectSockets.mount(app, dialect);
  const attached = dialects.flatMap((dialect) => dialect.attach?.(app) ?? []);
  http.mount(app, [
    ...routeTable,
    ...consoleRoutes(openIdProvider(config, parts.log)),
    ...dialects.flatMap(({ name, routes }) => routes.map((route) => ({ ...route, via: name }))),
  ]);
  const { socket, port } = await listen(app, config.BATON_HOST, config.BATON_PORT);
  const sweep = setInterval(() => {
    const nowMs = Date.now();
    sockets.sweep(nowMs);
    dialectSockets.sweep(nowMs);
    http.sweep(nowMs);
  }, tokenSweepMs);
  return {
    port,
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      clearInterval(sweep);
      figures[Symbol.dispose]();
      closeListenSocket(socket);
      sockets.close();
      dialectSockets.close();
      context.presence[Symbol.dispose]();
      await roster.stop();
      await Promise.all(attached.map((server) => within(disposal(server), gatewayDrainMs)));
      await within(http.drain(), gatewayDrainMs);
      app.close();
      await within(context.tracing.close(), gatewayDrainMs);
    },
  };
}

async function disposal(server: AsyncDisposable): Promise<void> {
  await server[Symbol.asyncDispose]();
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
