import { z } from 'zod';

const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'give base64');

/** A Temporal payload as JSON: bytes are base64. Keys that are not named here are passed on. */
export const codecPayloadSchema = z.looseObject({
  metadata: z.record(z.string().max(200), base64).optional(),
  data: base64.optional(),
});

/** What Temporal's own tools send to a codec server, and what they get back. */
export const codecPayloadsSchema = z.object({ payloads: z.array(codecPayloadSchema).max(10_000) });

export type CodecPayload = z.infer<typeof codecPayloadSchema>;
