/** What requests and upgrades go through alike: origin, token, refusal. */
import { BatonError } from '../../protocol/errors.ts';
import type { Identity } from '../auth/identity.ts';
import { isOriginAllowed } from '../auth/origin.ts';
import { DialectFault } from '../dialects/dialect-fault.ts';
import { bearerToken } from './bearer-token.ts';
import type { Exchange } from './exchange.ts';
import { asBatonError, problemReply } from './problem.ts';
import type { Headers, WholeReply } from './reply.ts';
import type { SurfaceContext } from './surface-context.ts';

/** Errors: origin_forbidden. */
export function checkOrigin(exchange: Exchange, { originRule }: SurfaceContext): void {
  const origin = exchange.header('origin');
  const host = exchange.header('host');
  if (isOriginAllowed(origin, host, originRule)) return;
  throw new BatonError('origin_forbidden', `pages of ${origin || host} may not use this gateway: see CORS_ORIGINS`);
}

/** Errors: unauthenticated, keys_unavailable. */
export function identify(exchange: Exchange, { authenticator }: SurfaceContext): Identity | Promise<Identity> {
  return authenticator.identify(bearerToken(exchange.header('authorization'), exchange.search));
}

/** Answers with a problem, or as `tell` says. A wrong token is counted against its address. */
export function refuse(
  exchange: Exchange,
  cause: unknown,
  headers: Headers,
  context: SurfaceContext,
  tell: (fault: unknown) => WholeReply = (fault) => problemReply(asBatonError(fault)),
): void {
  if (cause instanceof DialectFault) {
    context.metrics.refused.inc({ code: cause.code });
    exchange.send(tell(cause), headers, context.stopping.aborted);
    return;
  }
  const error = asBatonError(cause);
  const { log, metrics, stopping, admission } = context;
  if (error.code === 'internal') log.error({ err: error.cause, path: exchange.path }, 'a request failed');
  metrics.refused.inc({ code: error.code });
  const send = (fault: BatonError) => {
    const reply = tell(fault);
    if (fault.code === 'body_too_large') exchange.sendRefusal(reply, headers);
    else exchange.send(reply, headers, stopping.aborted);
  };
  if (error.code !== 'unauthenticated') send(error);
  else
    admission.failure(exchange.remoteAddress).then(
      () => send(error),
      (limited: unknown) => send(asBatonError(limited)),
    );
}
