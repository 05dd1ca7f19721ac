/**
 * How workflows read payloads: the SDK's way, except that one that cannot be read is null. Anybody who may signal can send
 * such a payload, and the SDK would fail the workflow task, again and again: the run would be stuck for good.
 */
import {
  defaultPayloadConverter,
  type ConverterHint,
  type Payload,
  type PayloadConverter,
  type SerializationContext,
} from '@temporalio/common';

export const payloadConverter: PayloadConverter = {
  toPayload: (value, context) => defaultPayloadConverter.toPayload(value, context),
  fromPayload<T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>): T {
    try {
      return defaultPayloadConverter.fromPayload(payload, context, hint);
    } catch {
      return null as T;
    }
  },
};
