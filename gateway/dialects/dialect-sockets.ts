/** The WebSocket addresses of dialects on uWebSockets.js: lets sockets in, takes their frames, ends them all. */
import { BatonError, closeCodes } from '../../protocol/errors.ts';
import { dialectFrameBytes, socketFrameHardBytes } from '../../protocol/limits.ts';
import { refuse } from '../http/admit.ts';
import { Exchange } from '../http/exchange.ts';
import { paramNames, routerPath } from '../http/path-template.ts';
import type { SurfaceContext } from '../http/surface-context.ts';
import { sharedCompressor, type TemplatedApp, type WebSocket } from '../uws.ts';
import { Arrival } from '../ws/arrival.ts';
import { admitSocket, handshakeOf, judge, type Entered } from '../ws/entrance.ts';
import type { Dialect, SocketAddress, SocketCall, SocketHandler } from './dialect.ts';
import { DialectFault, faultReply, toDialectFault } from './dialect-fault.ts';
import { DialectSocket } from './dialect-socket.ts';

/** uWebSockets.js copies the keys of what it is given onto the socket, so the connection is one of them. */
interface SocketData {
  connection: Connection;
}

interface Connection {
  call: Omit<SocketCall, 'guard'>;
  entered: Entered | null;
  arrival: Arrival | null;
  socket: DialectSocket | null;
  handler: SocketHandler | null;
  openedAt: number;
}

const tellFault = faultReply({});

/** Of ends that are nobody's fault: done, leaving, gone without a word. */
const ordinaryCodes: ReadonlySet<number> = new Set([closeCodes.normal, closeCodes.goingAway, 1005, 1006]);

type Named = Omit<SocketCall, 'guard'> & { names: readonly string[] };

export class DialectSockets {
  private readonly context: SurfaceContext;
  private readonly open = new Set<Connection>();

  constructor(context: SurfaceContext) {
    this.context = context;
  }

  mount(app: TemplatedApp, dialect: Dialect): void {
    for (const address of dialect.sockets) this.mountAddress(app, dialect.name, address);
  }

  /** Closes the sockets whose token has expired. */
  sweep(nowMs: number): void {
    for (const { entered, socket } of this.open) {
      const expiresAtMs = entered?.expiresAtMs ?? null;
      if (expiresAtMs !== null && expiresAtMs <= nowMs) socket?.close(closeCodes.tokenExpired, 'the token has expired');
    }
  }

  close(): void {
    for (const { socket } of this.open) socket?.close(closeCodes.goingAway, 'the gateway is stopping');
  }

  private mountAddress(app: TemplatedApp, system: string, address: SocketAddress): void {
    const names = paramNames(address.path);
    app.ws<SocketData>(routerPath(address.path), {
      maxPayloadLength: socketFrameHardBytes,
      // Bounded by the socket: uWebSockets.js would drop frames in silence.
      maxBackpressure: 0,
      idleTimeout: address.idleSeconds,
      sendPingsAutomatically: true,
      compression: sharedCompressor,
      upgrade: (res, req, socketContext) => {
        const exchange = new Exchange(res, req, names.length);
        const handshake = handshakeOf(req);
        const call = { param: paramOf(exchange, names), query: new URLSearchParams(exchange.search) };
        void this.admit(exchange, { address, system, call }).then(
          (admitted) => exchange.upgrade({ connection: connectionOf(call, admitted) }, handshake, socketContext),
          (error: unknown) => {
            this.tellRefused(system, { ...call, names }, error);
            refuse(exchange, error, {}, this.context, tellFault);
          },
        );
      },
      open: (ws) => this.opened(ws, system, address),
      message: (ws, message) => received(ws, message),
      drain: (ws) => ws.getUserData().connection.handler?.drained(),
      close: (ws, code, reason) => {
        const { connection } = ws.getUserData();
        this.tellClosed(system, { ...connection.call, names }, code, reason);
        this.closed(connection, system);
      },
    });
  }

  /** As `admitSocket`; errors besides: what the address's own check throws. */
  private async admit(
    exchange: Exchange,
    { address, system, call }: { address: SocketAddress; system: string; call: Connection['call'] },
  ): Promise<Entered | Arrival> {
    const admitted = await admitSocket(exchange, this.context, system);
    if (admitted instanceof Arrival || !address.check) return admitted;
    try {
      address.check({ guard: admitted.guard, ...call });
    } catch (error) {
      this.context.admission.leave(admitted.guard.by);
      throw error;
    }
    return admitted;
  }

  private tellRefused(system: string, call: Named, error: unknown): void {
    const { code, message } = toDialectFault(error, {});
    this.context.log.warn({ system, ...partsOf(call), code, cause: message }, 'a socket was refused');
  }

  /** An end that the client did not bring about, or that was not meant to be, is a fault. */
  private tellClosed(system: string, call: Named, code: number, reason: ArrayBuffer): void {
    const cause = Buffer.from(reason).toString('utf8');
    const level = ordinaryCodes.has(code) ? 'debug' : 'warn';
    this.context.log[level]({ system, ...partsOf(call), code, cause }, 'a socket was closed');
  }

  private opened(ws: WebSocket<SocketData>, system: string, address: SocketAddress): void {
    const { connection } = ws.getUserData();
    this.open.add(connection);
    this.context.metrics.dialectSockets.inc({ system });
    connection.socket = new DialectSocket(ws, (count) =>
      this.context.metrics.dialectMessagesSent.inc({ system }, count),
    );
    if (connection.entered) this.begin(connection, address, connection.entered);
    else void this.judge(ws, connection, address);
  }

  private async judge(ws: WebSocket<SocketData>, connection: Connection, address: SocketAddress): Promise<void> {
    const { arrival } = connection;
    if (!arrival) return;
    const entered = await judge(arrival, this.context, (code, reason) => ws.end(code, reason));
    if (!entered) return;
    connection.entered = entered;
    this.begin(connection, address, entered);
    for (const { message } of arrival.takeFrames()) received(ws, message);
    connection.arrival = null;
  }

  private begin(connection: Connection, address: SocketAddress, { guard }: Entered): void {
    const { socket, call, arrival } = connection;
    if (!socket) return;
    // An arrival was upgraded before anybody knew who it is.
    if (arrival && !isAllowed(address, { guard, ...call })) {
      socket.close(closeCodes.tokenExpired, 'the token is not for this address');
      return;
    }
    try {
      connection.handler = address.open(socket, { guard, ...call });
    } catch (error) {
      // uWebSockets.js would swallow it, and leave the client with a socket that nobody serves.
      this.context.log.error({ err: error, path: address.path }, 'a socket could not be served');
      socket.close(closeCodes.internal, 'this address cannot be served now');
      return;
    }
    if (this.context.stopping.aborted) socket.close(closeCodes.goingAway, 'the gateway is stopping');
  }

  private closed(connection: Connection, system: string): void {
    const { arrival, entered, socket, handler, openedAt } = connection;
    if (arrival) arrival.isGone = true;
    this.open.delete(connection);
    this.context.metrics.dialectSockets.dec({ system });
    this.context.metrics.dialectSocketSeconds.observe({ system }, (performance.now() - openedAt) / 1_000);
    if (entered) this.context.admission.leave(entered.guard.by);
    socket?.closed();
    handler?.closed();
  }
}

function isAllowed(address: SocketAddress, call: SocketCall): boolean {
  try {
    address.check?.(call);
    return true;
  } catch (error) {
    if (!(error instanceof BatonError) && !(error instanceof DialectFault)) throw error;
    return false;
  }
}

/** What a log says of an address: all but the token. */
function partsOf({ names, param, query }: Named): Record<string, string | null> {
  const queried = [...query].filter(([name]) => name !== 'token').map(([name, value]) => [name, value.slice(0, 1_000)]);
  return { ...Object.fromEntries(queried), ...Object.fromEntries(names.map((name) => [name, param(name)])) };
}

function connectionOf(call: Connection['call'], admitted: Entered | Arrival): Connection {
  const isArrival = admitted instanceof Arrival;
  return {
    call,
    entered: isArrival ? null : admitted,
    arrival: isArrival ? admitted : null,
    socket: null,
    handler: null,
    openedAt: performance.now(),
  };
}

function received(ws: WebSocket<SocketData>, message: ArrayBuffer): void {
  const { handler, arrival } = ws.getUserData().connection;
  if (message.byteLength > dialectFrameBytes)
    ws.end(closeCodes.frameTooLarge, `a frame may have ${dialectFrameBytes} bytes`);
  else if (handler) handler.message(Buffer.from(message).toString('utf8'));
  else if (arrival?.hold(message, false) === false) ws.end(closeCodes.policyViolation, 'too much, too early');
}

function paramOf(exchange: Exchange, names: readonly string[]): (name: string) => string | null {
  const values = names.map((name, index) => {
    try {
      return exchange.param(index, name);
    } catch {
      // Not percent-encoded UTF-8: the dialect tells its client so, in its own words.
      return null;
    }
  });
  return (name) => values[names.indexOf(name)] ?? null;
}
