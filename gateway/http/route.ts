/**
 * A route: what its address takes, what it may answer, and the handler. One table of these drives the router and the
 * OpenAPI document, so they cannot differ.
 */
import type { z } from 'zod';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { Guard } from '../auth/guard.ts';
import type { Reply, WholeReply } from './reply.ts';
import type { SurfaceContext } from './surface-context.ts';

export interface Call<Query, Body> {
  guard: Guard;
  /** The run in the path; empty where the path has none. */
  run: string;
  /** A part of the path, percent-decoded. */
  param: (name: string) => string;
  query: Query;
  body: Body;
  /** Of the headers in `requestHeaders`; empty when it was not sent. */
  header: (name: RequestHeader) => string;
  /** Fires when the client has gone or the gateway stops: whoever waits answers with what is there. */
  signal: AbortSignal;
}

/** uWebSockets.js forgets a request after the first turn, so the headers that matter are kept. */
export const requestHeaders = [
  'host',
  'origin',
  'authorization',
  'content-type',
  'content-length',
  'idempotency-key',
  'last-event-id',
  'range',
  'traceparent',
  'accept-encoding',
  'if-none-match',
  'x-baton-client',
] as const;
export type RequestHeader = (typeof requestHeaders)[number];

export interface Answer {
  description: string;
  /** Of a JSON body. */
  schema?: z.ZodType;
  /** Media type where it is not JSON. */
  type?: string;
}

interface RouteDescription {
  method: 'get' | 'post' | 'delete';
  /** With `{name}` for the parts that vary. */
  path: string;
  /** operationId of the OpenAPI document. */
  name: string;
  summary: string;
  /** `open`: without a token. `ops`: for that role alone. */
  access: 'open' | 'token' | 'ops';
  /** The dialect whose address it is: the log says so of what is done here. */
  via?: string;
  headers?: Readonly<Partial<Record<RequestHeader, string>>>;
  answers: Readonly<Record<number, Answer>>;
  errors: readonly ErrorCode[];
  /** How errors are told. Default: RFC 9457 problems. */
  fault?: (cause: unknown) => WholeReply;
}

interface RouteDefinition<Query extends z.ZodType, Body extends z.ZodType> extends RouteDescription {
  query?: Query;
  body?: Body;
  handle(call: Call<z.output<Query>, z.output<Body>>, context: SurfaceContext): Reply | Promise<Reply>;
}

export interface Route extends RouteDescription {
  query?: z.ZodType;
  body?: z.ZodType;
  handle(call: Call<unknown, unknown>, context: SurfaceContext): Reply | Promise<Reply>;
}

/** The shell parses query and body with the route's own schemas before it calls the handler. */
export function defineRoute<Query extends z.ZodType = z.ZodUndefined, Body extends z.ZodType = z.ZodUndefined>(
  route: RouteDefinition<Query, Body>,
): Route {
  return route;
}
