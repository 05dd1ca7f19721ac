/**
 * The port of a dialect: clients of another system connect unmodified, by address alone. Each is one folder beside this
 * file whose `dialect.ts` exports `createDialect`; it maps neutral events to that system's messages and its commands to
 * the engine's, and keeps no state of its own: what a client is told is a fold over the run's log (`translation.ts`).
 */
import type { Guard } from '../auth/guard.ts';
import type { Route } from '../http/route.ts';
import type { SurfaceContext } from '../http/surface-context.ts';
import type { TemplatedApp } from '../uws.ts';
import type { DialectSocket } from './dialect-socket.ts';

export interface Dialect {
  /** Its runs' ids begin with it and a colon; it labels the dialect's metrics. */
  name: string;
  /** With `fault` for errors in the dialect's own shape. They are not in the OpenAPI document. */
  routes: readonly Route[];
  sockets: readonly SocketAddress[];
  /** For protocols that bring their own server (Socket.IO). */
  attach?(app: TemplatedApp): AsyncDisposable;
}

export interface DialectModule {
  createDialect(context: SurfaceContext): Dialect;
}

export interface SocketAddress {
  /** As routes have it, with `{name}` for the parts that vary. */
  path: string;
  /** Protocol pings go out so that a live peer is never silent for longer; a silent one is closed. */
  idleSeconds: number;
  /** Before the upgrade: throws where this client may not have this address. What it throws is told by HTTP. */
  check?(call: SocketCall): void;
  /** The socket is open: whoever it is has been let in. What is returned takes its frames. */
  open(socket: DialectSocket, call: SocketCall): SocketHandler;
}

export interface SocketCall {
  guard: Guard;
  /** A part of the path, percent-decoded; null where that cannot be done. */
  param: (name: string) => string | null;
  query: URLSearchParams;
}

export interface SocketHandler {
  /** A text frame within the limit. Binary ones are given as their UTF-8. */
  message(text: string): void;
  /** The client has read: what waited for room may go on. */
  drained(): void;
  closed(): void;
}
