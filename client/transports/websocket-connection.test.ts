import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientPingIdleMs, clientPongTimeoutMs, openTimeoutMs } from '../../protocol/limits.ts';
import { WebSocketConnection } from './websocket-connection.ts';

/** A socket without a network: what is sent is kept, what comes is said by the test. */
class SilentSocket {
  static last: SilentSocket;
  onopen: (() => void) | null = null;
  onclose: ((event: { code?: number; reason?: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: { id: number; op: string }[] = [];
  readonly url: string;
  closedWith: number | undefined | null = null;
  constructor(url: string) {
    this.url = url;
    SilentSocket.last = this;
  }
  send(data: string): void {
    this.sent.push(JSON.parse(data) as { id: number; op: string });
  }
  close(code?: number): void {
    this.closedWith = code;
  }
  receive(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

async function opened(): Promise<{ connection: WebSocketConnection; socket: SilentSocket }> {
  const opening = WebSocketConnection.open({ url: 'ws://gateway/v1/ws', WebSocket: SilentSocket });
  SilentSocket.last.onopen?.();
  return { connection: await opening, socket: SilentSocket.last };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a WebSocket connection', () => {
  it('is given up when it does not open in time', async () => {
    const opening = expect(
      WebSocketConnection.open({ url: 'ws://gateway/v1/ws', WebSocket: SilentSocket }),
    ).rejects.toMatchObject({ code: 'timeout', retry: true });
    await vi.advanceTimersByTimeAsync(openTimeoutMs);
    await opening;
  });

  it('pings when it has been idle, and lives on when any frame comes', async () => {
    const { connection, socket } = await opened();
    await vi.advanceTimersByTimeAsync(clientPingIdleMs);
    expect(socket.sent).toMatchObject([{ op: 'ping' }]);
    socket.receive({ id: socket.sent[0]?.id, ok: true });
    await vi.advanceTimersByTimeAsync(clientPongTimeoutMs);
    expect(connection.isOpen).toBe(true);
  });

  it('is dead when a ping gets no reply, and its sinks and requests are told', async () => {
    const { connection, socket } = await opened();
    const failed = vi.fn();
    connection.attach('r', { push: vi.fn(), fail: failed });
    await vi.advanceTimersByTimeAsync(clientPingIdleMs + clientPongTimeoutMs);
    expect(connection.isOpen).toBe(false);
    expect(socket.closedWith).not.toBeNull();
    expect(failed).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'timeout' }));
    await expect(connection.request('state')).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('does not ping while frames come', async () => {
    const { socket } = await opened();
    for (let ms = 0; ms < 3 * clientPingIdleMs; ms += 1_000) {
      await vi.advanceTimersByTimeAsync(1_000);
      socket.receive({ kind: 'notice', code: 'temporal_up' });
    }
    expect(socket.sent).toEqual([]);
  });

  it('says unauthenticated when the gateway closes it for an expired token', async () => {
    const { connection, socket } = await opened();
    socket.onclose?.({ code: 4401, reason: '' });
    expect(await connection.ended).toMatchObject({ code: 'unauthenticated', status: 401 });
  });

  it('hands frames to the sink of their run, notices to all, and drops what it does not know', async () => {
    const { connection, socket } = await opened();
    const one = { push: vi.fn(), fail: vi.fn() };
    const two = { push: vi.fn(), fail: vi.fn() };
    connection.attach('one', one);
    connection.attach('two', two);
    socket.receive({ kind: 'event', run: 'one', event: {} });
    socket.receive({ kind: 'notice', code: 'temporal_down' });
    socket.receive({ kind: 'event', run: 'three', event: {} });
    socket.receive({ id: 99, ok: true });
    expect(one.push).toHaveBeenCalledTimes(2);
    expect(two.push).toHaveBeenCalledTimes(1);
  });

  it('ends when a frame is not JSON, instead of losing it', async () => {
    const { connection, socket } = await opened();
    socket.onmessage?.({ data: '{"kind":' });
    expect(await connection.ended).toMatchObject({ code: 'bad_response', retry: true });
  });
});
