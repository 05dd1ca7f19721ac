/** What stands between uWebSockets.js and Socket.IO, and counts its sessions among the gateway's connections. */
import { isOriginAllowed } from '../../auth/origin.ts';
import { refuse } from '../../http/admit.ts';
import { corsHeaders } from '../../http/cors.ts';
import { Exchange, hasTwoLengths } from '../../http/exchange.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import type { HttpRequest, HttpResponse, TemplatedApp } from '../../uws.ts';
import { faultReply } from '../dialect-fault.ts';

/**
 * The app as Socket.IO may use it: requests whose end is in doubt never get there, nor do handshakes beyond the limit of
 * connections. Those are answered by HTTP as every other socket's are, so that clients come again by themselves.
 */
export function guardedApp(app: TemplatedApp, context: SurfaceContext): GuardedApp {
  const isRefused = (res: HttpResponse, req: HttpRequest): boolean => {
    if (!isHandshake(req)) return false;
    try {
      context.admission.requirePlace();
      return false;
    } catch (error) {
      const exchange = new Exchange(res, req, 0);
      const [origin, host] = [exchange.header('origin'), exchange.header('host')];
      const isShown = isOriginAllowed(origin, host, context.originRule);
      refuse(exchange, error, isShown ? corsHeaders(origin) : {}, context, tellFault);
      return true;
    }
  };
  // Its calls are chained: what the first one returns takes the next.
  const guarded: GuardedApp = {
    any: (path, handler) => {
      app.any(path, (res, req) => {
        if (hasTwoLengths(req)) res.close();
        else if (!isRefused(res, req)) void handler(res, req);
      });
      return guarded;
    },
    ws: (path, behavior) => {
      app.ws(path, {
        ...behavior,
        upgrade: (res, req, socketContext) => {
          if (!isRefused(res, req)) void behavior.upgrade?.(res, req, socketContext);
        },
      });
      return guarded;
    },
    publish: (topic, message, isBinary) => app.publish(topic, message, isBinary),
  };
  return guarded;
}

interface GuardedApp {
  any(...parts: Parameters<TemplatedApp['any']>): GuardedApp;
  ws(...parts: Parameters<TemplatedApp['ws']>): GuardedApp;
  publish: TemplatedApp['publish'];
}

const tellFault = faultReply({});

/** What names a session belongs to one that has its place. */
function isHandshake(req: HttpRequest): boolean {
  // The package's types leave out that there may be none.
  const search: string | undefined = req.getQuery();
  return req.getMethod() === 'get' && (new URLSearchParams(search).getAll('sid').at(-1) ?? '') === '';
}

/**
 * Sessions of Socket.IO are connections from their handshake on, whether anybody says who they are or not: each has a
 * place until it ends.
 */
export function countSessions(
  engine: { on(event: 'connection', open: (session: Session) => void): unknown },
  { admission }: SurfaceContext,
): void {
  engine.on('connection', (session) => {
    admission.takePlace();
    session.once('close', () => admission.leavePlace());
  });
}

interface Session {
  once(event: 'close', closed: () => void): unknown;
}
