/** Frames as text. What is pushed has a kind; a reply has the id of its request. */
import type { Push } from '../../protocol/schemas/frames.ts';
import type { LogEntry } from '../engine.ts';
import { asBatonError, frameError } from '../http/problem.ts';

export type RequestId = string | number | null;

/** Name of the encoding under which a feed keeps the bytes. */
export const eventCodec = 'ws';

export function encodeEvent({ json }: LogEntry, run: string): string {
  return `{"kind":"event","run":${JSON.stringify(run)},"event":${json}}`;
}

export function encodePush(push: Push): string {
  return JSON.stringify(push);
}

/** `fields` is the inside of an object, without braces; empty for nothing besides ok. */
export function encodeReply(id: RequestId, fields: string): string {
  return `{"id":${JSON.stringify(id)},"ok":true${fields === '' ? '' : `,${fields}`}}`;
}

export function encodeFault(id: RequestId, fault: unknown): string {
  return JSON.stringify({ id, ok: false, error: frameError(asBatonError(fault)) });
}
