/** Who is let in over Socket.IO: origins and lengths before anything is read, the token when the client says hello. */
import { BatonError } from '../../../protocol/errors.ts';
import { isOriginAllowed } from '../../auth/origin.ts';
import { bearerToken } from '../../http/bearer-token.ts';
import { asBatonError } from '../../http/problem.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import { enter, type Entered } from '../../ws/entrance.ts';
import type { ServerOptions, Socket } from 'socket.io';

type IncomingMessage = Parameters<NonNullable<ServerOptions['allowRequest']>>[0];

/** Of the handshake of a transport; what follows it names a session that nobody else knows. */
export function allowRequest(context: SurfaceContext): NonNullable<ServerOptions['allowRequest']> {
  return (req, answer) => {
    if (context.stopping.aborted) answer('this gateway is stopping: connect again', false);
    else if (!isAllowed(req, context)) answer('pages of this origin may not use this gateway: see CORS_ORIGINS', false);
    else answer(null, true);
  };
}

/** Without credentials: a token is given, never kept by the browser. */
export function corsRule(context: SurfaceContext): NonNullable<ServerOptions['cors']> {
  return (req, answer) => answer(null, { origin: isAllowed(req as IncomingMessage, context), credentials: false });
}

function isAllowed({ headers: { origin = '', host = '' } }: IncomingMessage, { originRule }: SurfaceContext): boolean {
  return isOriginAllowed(origin, host, originRule);
}

/**
 * By Bearer header, `?token=` or `auth.token`; `release` of the admission ends it.
 * Errors: invalid_request, unauthenticated, rate_limited, too_many_connections, shutting_down, keys_unavailable.
 */
export async function admit(socket: Socket, context: SurfaceContext): Promise<Entered> {
  const { admission, authenticator, metrics } = context;
  try {
    const entered = await enter(await authenticator.identify(tokenOf(socket)), context, {
      hasPlace: true,
      via: 'rooms',
      from: socket.conn.remoteAddress,
    });
    if (socket.conn.readyState === 'open') return entered;
    admission.release(entered.guard.by);
    throw new BatonError('shutting_down', 'the client has gone');
  } catch (cause) {
    const error = asBatonError(cause);
    metrics.refused.inc({ code: error.code });
    const isRepeated = error.code === 'unauthenticated' && (await admission.isFailingOften(socket.conn.remoteAddress));
    throw isRepeated ? new BatonError('rate_limited', 'too many wrong tokens: try again later') : error;
  }
}

/** What a client gets as `connect_error`: `message` says why, `data` has the code. */
export function connectError(cause: unknown): Error {
  const { code, message } = asBatonError(cause);
  return Object.assign(new Error(message), { data: { code, message } });
}

function tokenOf({ handshake, request }: Socket): string | null {
  const { query, auth } = handshake;
  const inQuery = typeof query['token'] === 'string' ? query['token'] : null;
  const inAuth = (auth as Record<string, unknown>)['token'];
  return (
    bearerToken(request.headers.authorization ?? '', '') ?? inQuery ?? (typeof inAuth === 'string' ? inAuth : null)
  );
}
