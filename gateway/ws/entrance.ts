/** How a socket is let in: origin, token, limits. The same for the native protocol and for every dialect. */
import { BatonError, closeCodes } from '../../protocol/errors.ts';
import { arrived } from '../auth/arrived.ts';
import { Guard } from '../auth/guard.ts';
import type { Identity } from '../auth/identity.ts';
import { checkOrigin, identify } from '../http/admit.ts';
import type { Exchange, Handshake } from '../http/exchange.ts';
import { asBatonError } from '../http/problem.ts';
import type { SurfaceContext } from '../http/surface-context.ts';
import type { HttpRequest } from '../uws.ts';
import { Arrival } from './arrival.ts';

export interface Entered {
  guard: Guard;
  expiresAtMs: number | null;
}

/**
 * Settled within this turn: only a JWT whose keys are elsewhere takes longer, and then it is an arrival, to be judged once it is open.
 * Errors: origin_forbidden, shutting_down, unauthenticated, rate_limited, too_many_connections.
 */
export async function admitSocket(exchange: Exchange, context: SurfaceContext, via = 'ws'): Promise<Entered | Arrival> {
  checkOrigin(exchange, context);
  const identity = identify(exchange, context);
  if (identity instanceof Promise) return new Arrival(identity, exchange.remoteAddress, via);
  return await enter(identity, context, { via, from: exchange.remoteAddress });
}

/** Counts the connection; `leave` of the admission ends it, or `release` where it had its place before. */
export async function enter(
  { principal, expiresAtMs }: Identity,
  context: SurfaceContext,
  { hasPlace = false, via, from }: { hasPlace?: boolean; via: string; from: string },
): Promise<Entered> {
  if (context.stopping.aborted) throw new BatonError('shutting_down', 'this gateway is stopping: connect again');
  if (context.admission.hasRequestLimit) await context.admission.request(principal);
  if (hasPlace) context.admission.claim(principal);
  else context.admission.enter(principal);
  return { guard: new Guard(context.engine, arrived(principal, via, from)), expiresAtMs };
}

/** Null where it must not be let in, or has gone: then `end` has been told why. */
export async function judge(
  arrival: Arrival,
  context: SurfaceContext,
  end: (code: number, reason: string) => void,
): Promise<Entered | null> {
  const { admission, metrics } = context;
  try {
    const entered = await enter(await arrival.identity, context, { via: arrival.via, from: arrival.address });
    if (!arrival.isGone) return entered;
    admission.leave(entered.guard.by);
  } catch (cause) {
    const error = asBatonError(cause);
    metrics.refused.inc({ code: error.code });
    const isRepeated = error.code === 'unauthenticated' && (await admission.isFailingOften(arrival.address));
    if (!arrival.isGone) end(isRepeated ? closeCodes.tryLater : closeCodeOf(error), error.message.slice(0, 120));
  }
  return null;
}

export function handshakeOf(req: HttpRequest, subprotocol = ''): Handshake {
  const offered = req.getHeader('sec-websocket-protocol').split(',');
  return {
    key: req.getHeader('sec-websocket-key'),
    protocol: subprotocol !== '' && offered.some((name) => name.trim() === subprotocol) ? subprotocol : '',
    extensions: req.getHeader('sec-websocket-extensions'),
  };
}

/** Before it could be told by an HTTP status. */
function closeCodeOf({ code }: BatonError): number {
  if (code === 'unauthenticated') return closeCodes.tokenExpired;
  return code === 'shutting_down' ? closeCodes.goingAway : closeCodes.tryLater;
}
