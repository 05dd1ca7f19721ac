/** Puts routes on a uWebSockets.js app: the shell around handlers that only map a call to a reply. */
import { BatonError } from '../../protocol/errors.ts';
import type { Principal } from '../../protocol/execution.ts';
import { arrived, viaHttp } from '../auth/arrived.ts';
import { Guard } from '../auth/guard.ts';
import type { HttpRequest, HttpResponse, TemplatedApp } from '../uws.ts';
import { checkOrigin, identify, refuse } from './admit.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { Exchange } from './exchange.ts';
import { parseJson, parseWith } from './parse.ts';
import { paramNames, routerPath } from './path-template.ts';
import { nothing, type Headers, type Reply } from './reply.ts';
import type { RequestHeader, Route } from './route.ts';
import type { SurfaceContext } from './surface-context.ts';

interface Address {
  /** The path as in the route table; `none` for the addresses that have no route. */
  template: string;
  params: readonly string[];
  routes: ReadonlyMap<string, Route>;
}

/** Whoever calls an open address: nobody in particular. */
const stranger: Principal = { name: 'anonymous', roles: [], authenticated: false };

export class HttpServer {
  private readonly context: SurfaceContext;
  private readonly open = new Set<Exchange>();
  private readonly expiring = new Map<Exchange, number>();
  private drained: (() => void) | null = null;

  constructor(context: SurfaceContext) {
    this.context = context;
  }

  mount(app: TemplatedApp, routes: readonly Route[]): void {
    for (const address of addressesOf(routes)) {
      app.any(routerPath(address.template), (res, req) => this.serve(res, req, address));
    }
    const nowhere: Address = { template: 'none', params: [], routes: new Map() };
    app.any('/*', (res, req) => this.serve(res, req, nowhere));
  }

  /** Ends streams whose token has expired. */
  sweep(nowMs: number): void {
    for (const [exchange, expiresAtMs] of this.expiring) if (expiresAtMs <= nowMs) exchange.interrupt();
  }

  /** Lets waiting requests answer at once and resolves when all have. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.drained = resolve;
      for (const exchange of this.open) exchange.interrupt();
      if (this.open.size === 0) resolve();
    });
  }

  private serve(res: HttpResponse, req: HttpRequest, address: Address): void {
    const exchange = new Exchange(res, req, address.params.length);
    this.open.add(exchange);
    exchange.onClose(() => this.closed(exchange, address));
    if (!exchange.isAmbiguous) void this.answer(exchange, address);
    // Without an answer: uWebSockets.js would go on and take what may be the body of this one for the next request.
    else exchange.breakOff();
  }

  private async answer(exchange: Exchange, address: Address): Promise<void> {
    let cors: Headers = {};
    try {
      checkOrigin(exchange, this.context);
      cors = corsHeaders(exchange.header('origin'));
      // Nothing is awaited before `handle` reads the body: uWebSockets.js offers it in the first turn only.
      const reply = await this.handle(exchange, address);
      exchange.send(reply, cors, this.context.stopping.aborted);
    } catch (error) {
      refuse(exchange, error, cors, this.context, faultOf(exchange, address));
    }
  }

  private async handle(exchange: Exchange, address: Address): Promise<Reply> {
    const { admission, config, engine, stopping, tracing } = this.context;
    if (exchange.method === 'options' && address.routes.size > 0)
      return nothing(204, preflightHeaders(allowedMethods(address)));
    const route = routeFor(exchange, address);
    if (stopping.aborted && route.access !== 'open')
      throw new BatonError('shutting_down', 'this gateway is stopping: ask again');
    // Nothing may be thrown between these and their `all`: a promise that is left alone and rejects ends the process.
    const identity = route.access === 'open' ? null : identify(exchange, this.context);
    const body = route.body ? exchange.readBody(config.BATON_MAX_BODY_BYTES) : null;
    const [known, bytes] = await Promise.all([identity, body]);
    const by = known?.principal ?? stranger;
    if (known && admission.hasRequestLimit) await admission.request(by);
    const via = () => route.via ?? viaHttp(exchange.header('x-baton-client'));
    // Who only reads leaves no trace.
    const guard = new Guard(engine, route.method === 'get' ? by : arrived(by, via(), exchange.remoteAddress));
    if (route.access === 'ops') guard.requireOpsRole();
    if (known?.expiresAtMs) this.expiring.set(exchange, known.expiresAtMs);
    const call = {
      guard,
      run: runOf(exchange, address),
      param: (name: string) => exchange.param(address.params.indexOf(name), name),
      query: route.query ? parseWith(route.query, queryOf(exchange.search)) : undefined,
      body: route.body && bytes ? parseWith(route.body, parseBody(exchange, bytes)) : undefined,
      header: (name: RequestHeader) => exchange.header(name),
      get signal() {
        return exchange.signal;
      },
    };
    const work = async () => route.handle(call, this.context);
    if (route.method === 'get') return work();
    return tracing.span(route.name, { 'baton.run': call.run }, exchange.header('traceparent'), work);
  }

  private closed(exchange: Exchange, address: Address): void {
    this.open.delete(exchange);
    this.expiring.delete(exchange);
    const seconds = (performance.now() - exchange.startedAt) / 1_000;
    const { method, path, status } = exchange;
    if (!exchange.isStream)
      this.context.metrics.httpSeconds.observe({ method, route: address.template, status }, seconds);
    this.context.log.debug({ method, path, status, ms: Math.round(seconds * 1_000) }, 'request');
    if (this.open.size === 0) this.drained?.();
  }
}

function addressesOf(routes: readonly Route[]): Address[] {
  const byPath = Map.groupBy(routes, (route) => route.path);
  return Array.from(byPath, ([template, sharing]) => ({
    template,
    params: paramNames(template),
    routes: new Map(sharing.map((route) => [route.method, route])),
  }));
}

function routeFor({ method, path }: Exchange, address: Address): Route {
  if (address.routes.size === 0) throw new BatonError('not_found', `there is nothing at ${path}: see /docs`);
  const route = address.routes.get(method === 'head' ? 'get' : method);
  if (route) return route;
  const allow = allowedMethods(address);
  throw new BatonError('method_not_allowed', `${path} takes ${allow}, not ${method.toUpperCase()}`, { allow });
}

/** As the route that was meant tells them; where the method fits none, as its neighbours do. */
function faultOf({ method }: Exchange, { routes }: Address): Route['fault'] {
  const route = routes.get(method === 'head' ? 'get' : method) ?? routes.values().next().value;
  return route?.fault;
}

function allowedMethods({ routes }: Address): string {
  const methods = [...routes.keys()].map((method) => method.toUpperCase());
  return [...methods, ...(routes.has('get') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function runOf(exchange: Exchange, { params }: Address): string {
  const index = params.indexOf('run');
  return index === -1 ? '' : exchange.param(index, 'run');
}

/** The first value counts where a name is given twice. */
function queryOf(search: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search)) values[name] ??= value;
  return values;
}

/** A command without a body is one without options. */
function parseBody(exchange: Exchange, bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return {};
  const type = exchange.header('content-type');
  // What browsers report of a page's policy is JSON under another name.
  if (!/^application\/(?:(?:[\w.-]+\+)?json|csp-report) *(?:;|$)/i.test(type))
    throw new BatonError('unsupported_media_type', `send content-type: application/json, not ${type || 'none'}`, {
      field: 'content-type',
    });
  return parseJson(bytes);
}
