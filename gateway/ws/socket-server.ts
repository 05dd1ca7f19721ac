/** /v1/ws on uWebSockets.js: lets sockets in, takes their frames, tells all of them what concerns all. */
import { BatonError, closeCodes } from '../../protocol/errors.ts';
import {
  nativeFrameBytes,
  socketFrameHardBytes,
  socketIdleSeconds,
  socketRequestsInFlight,
} from '../../protocol/limits.ts';
import { requestSchema, type Op, type Request } from '../../protocol/schemas/frames.ts';
import { refuse } from '../http/admit.ts';
import { Exchange } from '../http/exchange.ts';
import { parseJson, parseWith } from '../http/parse.ts';
import { asBatonError } from '../http/problem.ts';
import type { SurfaceContext } from '../http/surface-context.ts';
import { sharedCompressor, type TemplatedApp, type WebSocket } from '../uws.ts';
import { Arrival } from './arrival.ts';
import { admitSocket, handshakeOf, judge, type Entered } from './entrance.ts';
import { encodeFault, encodePush, encodeReply, type RequestId } from './encode.ts';
import { isOp, operate, type Outcome } from './operations.ts';
import { Session, type SocketData } from './session.ts';
import type { SocketContext } from './socket-context.ts';

const subprotocol = 'baton.v1';

/** What changes something is traced. */
const commands: ReadonlySet<Op> = new Set([
  'start',
  'begin',
  'answer',
  'cancel',
  'message',
  'retry',
  'resume',
  'reset',
  'fork',
  'pause',
  'unpause',
  'retry-step',
  'terminate',
]);

export class SocketServer {
  private readonly context: SocketContext;
  private readonly sessions = new Set<Session>();
  private readonly connection: Disposable;

  constructor(context: SurfaceContext) {
    this.context = { ...context, isTemporalUp: true };
    this.connection = context.engine.feeds.onConnection((up) => this.tellConnection(up));
  }

  mount(app: TemplatedApp): void {
    app.ws<SocketData>('/v1/ws', {
      // One byte over the limit is told with a code; far beyond it uWebSockets.js just breaks the connection.
      maxPayloadLength: socketFrameHardBytes,
      // Bounded by the session: uWebSockets.js would drop frames in silence.
      maxBackpressure: 0,
      idleTimeout: socketIdleSeconds,
      sendPingsAutomatically: true,
      compression: sharedCompressor,
      upgrade: (res, req, socketContext) => {
        const exchange = new Exchange(res, req, 0);
        const handshake = handshakeOf(req, subprotocol);
        void this.admit(exchange).then(
          (data) => exchange.upgrade(data, handshake, socketContext),
          (error: unknown) => refuse(exchange, error, {}, this.context),
        );
      },
      open: (ws) => this.opened(ws),
      message: (ws, message, isBinary) => {
        const { session, arrival } = ws.getUserData();
        if (session) this.received(session, message, isBinary);
        else if (arrival?.hold(message, isBinary) === false) ws.end(closeCodes.policyViolation, 'too much, too early');
      },
      drain: (ws) => ws.getUserData().session?.drained(),
      close: (ws) => this.closed(ws.getUserData()),
    });
  }

  /** Closes the sockets whose token has expired. */
  sweep(nowMs: number): void {
    for (const session of this.sessions) {
      if (session.expiresAtMs !== null && session.expiresAtMs <= nowMs)
        session.close(closeCodes.tokenExpired, 'the token has expired');
    }
  }

  close(): void {
    this.connection[Symbol.dispose]();
    for (const session of this.sessions) session.close(closeCodes.goingAway, 'the gateway is stopping');
  }

  /** Errors: as of `admitSocket`. */
  private async admit(exchange: Exchange): Promise<SocketData> {
    const admitted = await admitSocket(exchange, this.context);
    if (admitted instanceof Arrival) return { session: null, arrival: admitted };
    return { session: this.sessionOf(admitted), arrival: null };
  }

  private sessionOf({ guard, expiresAtMs }: Entered): Session {
    return new Session(guard, expiresAtMs, this.context);
  }

  private opened(ws: WebSocket<SocketData>): void {
    const data = ws.getUserData();
    if (data.session) this.begin(ws, data.session);
    else if (data.arrival) void this.judge(ws, data, data.arrival);
  }

  private async judge(ws: WebSocket<SocketData>, data: SocketData, arrival: Arrival): Promise<void> {
    const entered = await judge(arrival, this.context, (code, reason) => ws.end(code, reason));
    if (!entered) return;
    const session = this.sessionOf(entered);
    data.session = session;
    this.begin(ws, session);
    for (const { message, isBinary } of arrival.takeFrames()) this.received(session, message, isBinary);
    data.arrival = null;
  }

  private begin(ws: WebSocket<SocketData>, session: Session): void {
    session.opened(ws);
    this.sessions.add(session);
    this.context.metrics.sockets.inc();
    if (this.context.stopping.aborted) session.close(closeCodes.goingAway, 'the gateway is stopping');
    else if (!this.context.isTemporalUp) session.send(encodePush({ kind: 'notice', code: 'temporal_down' }));
  }

  private closed({ session, arrival }: SocketData): void {
    if (arrival) arrival.isGone = true;
    if (!session) return;
    this.sessions.delete(session);
    this.context.metrics.sockets.dec();
    this.context.admission.leave(session.guard.by);
    session.closed();
  }

  private received(session: Session, message: ArrayBuffer, isBinary: boolean): void {
    if (message.byteLength > nativeFrameBytes) {
      session.close(closeCodes.frameTooLarge, `a frame may have ${nativeFrameBytes} bytes`);
      return;
    }
    let id: RequestId = null;
    try {
      if (isBinary) throw new BatonError('invalid_json', 'send text frames, not binary ones');
      const frame = parseJson(message);
      id = idOf(frame);
      void this.work(session, id, parseRequest(frame));
    } catch (error) {
      this.fail(session, id, 'none', error);
    }
  }

  private async work(session: Session, id: RequestId, request: Request): Promise<void> {
    const { admission, metrics } = this.context;
    const done = metrics.operationSeconds.startTimer({ op: request.op });
    session.inFlight++;
    try {
      if (session.inFlight > socketRequestsInFlight)
        throw new BatonError('rate_limited', `${socketRequestsInFlight} requests of this socket are being worked on`);
      if (admission.hasRequestLimit) await admission.request(session.guard.by);
      const { fields, followUp } = await this.operate(session, request);
      session.reply(encodeReply(id, fields));
      followUp?.();
      done({ outcome: 'ok' });
    } catch (error) {
      done({ outcome: this.fail(session, id, request.op, error) });
    } finally {
      session.inFlight--;
    }
  }

  private async operate(session: Session, request: Request): Promise<Outcome> {
    const work = async () => operate(session, request);
    if (!commands.has(request.op)) return work();
    const run = 'run' in request && typeof request.run === 'string' ? request.run : '';
    return this.context.tracing.span(request.op, { 'baton.run': run }, '', work);
  }

  private fail(session: Session, id: RequestId, op: string, cause: unknown): string {
    const error = asBatonError(cause);
    if (error.code === 'internal') this.context.log.error({ err: error.cause, op }, 'an operation failed');
    this.context.metrics.refused.inc({ code: error.code });
    session.reply(encodeFault(id, error));
    return error.code;
  }

  private tellConnection(up: boolean): void {
    this.context.isTemporalUp = up;
    const frame = encodePush({ kind: 'notice', code: up ? 'temporal_up' : 'temporal_down' });
    for (const session of this.sessions) session.send(frame);
  }
}

function idOf(frame: unknown): RequestId {
  if (typeof frame !== 'object' || frame === null || !('id' in frame)) return null;
  return typeof frame.id === 'string' || typeof frame.id === 'number' ? frame.id : null;
}

/** Errors: unknown_op, invalid_request, invalid_cursor. */
function parseRequest(frame: unknown): Request {
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame))
    throw new BatonError('invalid_request', 'a frame is an object with id and op');
  if (!('op' in frame)) throw new BatonError('invalid_request', 'op: name the operation', { field: 'op' });
  if (!isOp(frame.op))
    throw new BatonError('unknown_op', `there is no operation ${JSON.stringify(frame.op)}`, { field: 'op' });
  return parseWith(requestSchema, frame);
}
