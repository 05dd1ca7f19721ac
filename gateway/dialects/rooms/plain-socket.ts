/** The plain WebSocket: one JSON object with `type` in each text frame, in both directions. */
import { BatonError } from '../../../protocol/errors.ts';
import { roomsIdleSeconds } from '../../../protocol/limits.ts';
import { parseJson } from '../../http/parse.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { SocketAddress } from '../dialect.ts';
import type { ServerMessage } from './message.ts';
import type { Requests } from './requests.ts';
import { requireRequestId } from './requests.ts';
import { RoomSession, type SessionPeer } from './session.ts';

export function plainSocket(path: string, requests: Requests): SocketAddress {
  return {
    path,
    idleSeconds: roomsIdleSeconds,
    open(socket, { guard, query }) {
      const requestId = query.get('requestId') ?? undefined;
      const session = new RoomSession(requests, guard, new PlainPeer(socket), requestId);
      sendMessage(socket, { type: 'connected', requestId: validId(requestId) });
      session.connected({ showState: true });
      return {
        message: (text) => {
          try {
            const fields = readFrame(text);
            session.command(fields['type'], fields);
          } catch (error) {
            session.unreadable(error);
          }
        },
        drained: () => session.drained(),
        closed: () => session.closed(),
      };
    },
  };
}

class PlainPeer implements SessionPeer {
  private readonly socket: DialectSocket;

  constructor(socket: DialectSocket) {
    this.socket = socket;
  }

  get isOpen(): boolean {
    return this.socket.isOpen;
  }

  hasRoom(isLive: boolean): boolean {
    return this.socket.hasRoom(isLive);
  }

  tell(frames: Parameters<SessionPeer['tell']>[0]): void {
    this.socket.cork(() => {
      for (const { text } of frames) this.socket.send(text);
    });
  }

  tellOwn(message: ServerMessage): void {
    sendMessage(this.socket, message);
  }
}

function sendMessage(socket: DialectSocket, message: ServerMessage): void {
  socket.sendJson(message);
}

/** Errors: invalid_json. */
function readFrame(text: string): Record<string, unknown> {
  const frame = parseJson(Buffer.from(text));
  if (typeof frame === 'object' && frame !== null && !Array.isArray(frame)) return frame as Record<string, unknown>;
  throw new BatonError('invalid_json', 'a frame is one JSON object with a type');
}

/** null for one that is none: its fault is told next. */
function validId(requestId: string | undefined): string | null {
  try {
    return requireRequestId(requestId);
  } catch {
    return null;
  }
}
