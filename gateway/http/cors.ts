import type { Headers } from './reply.ts';

/** What browsers must be told about a page whose origin was found to be allowed. */
export function corsHeaders(origin: string): Headers {
  if (origin === '') return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'Location, Retry-After, Content-Range, Accept-Ranges',
    vary: 'Origin',
  };
}

export function preflightHeaders(methods: string): Headers {
  return {
    allow: methods,
    'access-control-allow-methods': methods,
    // X-Namespace is what Temporal's UI sends to a codec server.
    'access-control-allow-headers':
      'Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Range, X-Baton-Client, X-Namespace',
    'access-control-max-age': '600',
  };
}
