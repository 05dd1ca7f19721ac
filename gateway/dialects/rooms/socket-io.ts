/**
 * Socket.IO on the gateway's own port: the `socket.io` package on uWebSockets.js, polling and WebSocket. Its own rooms
 * are not used: who is told what is a place in the log.
 */
import { Server, type Socket } from 'socket.io';
import { BatonError } from '../../../protocol/errors.ts';
import { isTooDeep } from '../../../protocol/is-too-deep.ts';
import {
  dialectFrameBytes,
  jsonDepth,
  socketIoConnectMs,
  socketIoPingMs,
  socketIoPingTimeoutMs,
  tokenSweepMs,
} from '../../../protocol/limits.ts';
import { parseJson } from '../../http/parse.ts';
import type { TemplatedApp } from '../../uws.ts';
import type { Entered } from '../../ws/entrance.ts';
import { countSessions, guardedApp } from './guarded-app.ts';
import { invalidRequest } from './room-fault.ts';
import type { Requests } from './requests.ts';
import { type Acknowledge, RoomSession } from './session.ts';
import { admit, allowRequest, connectError, corsRule } from './socket-io-entrance.ts';
import { SocketIoPeer } from './socket-io-peer.ts';

const system = 'rooms';

export function attachSocketIo(app: TemplatedApp, requests: Requests): AsyncDisposable {
  const { context } = requests;
  const admitted = new Map<Socket, Entered>();
  /** Sessions that have said hello: one that repeats it would cost what nobody counts. */
  const connecting = new WeakSet<Socket['conn']>();
  const io = new Server({
    path: '/socket.io/',
    serveClient: false,
    pingInterval: socketIoPingMs,
    pingTimeout: socketIoPingTimeoutMs,
    connectTimeout: socketIoConnectMs,
    maxHttpBufferSize: dialectFrameBytes,
    // Its compression answers after the client may have gone, which uWebSockets.js does not forgive.
    httpCompression: false,
    allowRequest: allowRequest(context),
    cors: corsRule(context),
  });
  io.use((socket, next) => {
    const { conn } = socket;
    if (connecting.has(conn)) {
      next(connectError(new BatonError('invalid_request', 'this session is connected already')));
      return;
    }
    connecting.add(conn);
    admit(socket, context).then(
      (entered) => {
        admitted.set(socket, entered);
        next();
      },
      (error: unknown) => {
        connecting.delete(conn);
        next(connectError(error));
      },
    );
  });
  io.on('connection', (socket) => {
    const entered = admitted.get(socket);
    if (entered === undefined) return;
    socket.once('disconnect', () => {
      admitted.delete(socket);
      context.admission.release(entered.guard.by);
      // There is nothing else to be had over the session; one that nobody uses would keep its place.
      socket.conn.close();
    });
    serve(socket, entered, requests);
  });
  // Bounded by the peer: uWebSockets.js would drop frames in silence. Its types leave these options out.
  io.attachApp(guardedApp(app, context), { maxBackpressure: 0 } as object);
  countSessions(io.engine, context);
  const sweep = setInterval(() => {
    for (const [socket, { expiresAtMs }] of admitted)
      if (expiresAtMs !== null && expiresAtMs <= Date.now()) socket.disconnect(true);
  }, tokenSweepMs);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(sweep);
      // Clients see a lost transport, not an order to leave: they come back by themselves.
      await io.close();
    },
  };
}

function serve(socket: Socket, { guard }: Entered, requests: Requests): void {
  const { metrics } = requests.context;
  const openedAt = performance.now();
  metrics.dialectSockets.inc({ system });
  const peer = new SocketIoPeer(socket, (count) => metrics.dialectMessagesSent.inc({ system }, count));
  const requestId = socket.handshake.query['requestId'];
  const session = new RoomSession(requests, guard, peer, typeof requestId === 'string' ? requestId : undefined);
  // Every event comes through here, known or not, and none goes further.
  socket.use(([event, ...rest]) => {
    const acknowledge = typeof rest.at(-1) === 'function' ? (rest.pop() as Acknowledge) : undefined;
    try {
      const fields = readArgument(rest[0]);
      session.command(event === 'message' ? fields['type'] : event, fields, acknowledge);
    } catch (error) {
      session.unreadable(error, acknowledge);
    }
  });
  socket.once('disconnect', () => {
    metrics.dialectSockets.dec({ system });
    metrics.dialectSocketSeconds.observe({ system }, (performance.now() - openedAt) / 1_000);
    session.closed();
  });
  session.connected({ showState: false });
}

/** An object; also as the text of one, as `send` is often used. Errors: invalid_request, invalid_json. */
function readArgument(argument: unknown): Record<string, unknown> {
  const value = typeof argument === 'string' ? parseJson(Buffer.from(argument)) : (argument ?? {});
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidRequest('send one object with the fields of the command');
  if (isTooDeep(value, jsonDepth)) throw invalidRequest(`objects may lie ${jsonDepth} levels deep at most`);
  return value as Record<string, unknown>;
}
