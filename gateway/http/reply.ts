/** What a handler returns: a value, bytes that are read piece by piece, or a stream that goes on. */
export type Headers = Readonly<Record<string, string>>;

export type Reply = { status: number; headers: Headers } & (
  | WholeBody
  | { kind: 'bytes'; type: string; length: number; read: (from: number, to: number) => Promise<Uint8Array> }
  | { kind: 'stream'; type: string; open(out: StreamOut): void }
);

interface WholeBody {
  kind: 'whole';
  type: string | null;
  body: string | Uint8Array;
}
export type WholeReply = { status: number; headers: Headers } & WholeBody;

/** The open end of a streamed response. */
export interface StreamOut {
  /** False when the client does not take it in as fast: wait for `onDrain` before more. It is queued all the same. */
  write(text: string | Uint8Array): boolean;
  /** Packs the writes within into one. */
  cork(write: () => void): void;
  end(): void;
  /** Ends the connection as it is: whoever reads knows that something is missing. */
  breakOff(): void;
  onDrain(drained: () => void): void;
  /** Once, when the client leaves or `end` was called. */
  onClose(closed: () => void): void;
  /** Once, when the gateway stops or the client's token expires: end soon. */
  onFarewell(farewell: () => void): void;
}

export function json(status: number, value: unknown, headers: Headers = {}, type = 'application/json'): WholeReply {
  return {
    kind: 'whole',
    status,
    headers: { 'cache-control': 'no-store', ...headers },
    type,
    body: JSON.stringify(value),
  };
}

/** Text that is JSON already. */
export function rawJson(status: number, body: string, headers: Headers = {}): Reply {
  return {
    kind: 'whole',
    status,
    headers: { 'cache-control': 'no-store', ...headers },
    type: 'application/json',
    body,
  };
}

export function nothing(status: number, headers: Headers = {}): Reply {
  return { kind: 'whole', status, headers, type: null, body: '' };
}
