/**
 * OpenTelemetry: a span for each command, sent to `OTEL_EXPORTER_OTLP_ENDPOINT` (OTLP over HTTP). Without one nothing
 * is loaded and nothing is measured. What a run does is not traced: its log is its trace.
 */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { BatonError } from '../protocol/errors.ts';

export interface Tracing {
  /** Runs the work as a span, below the caller's `traceparent` (W3C) if that is one. `work` begins at once. */
  span<T>(name: string, attributes: Record<string, string>, traceparent: string, work: () => Promise<T>): Promise<T>;
  /** Sends what has not been sent yet. */
  close(): Promise<void>;
}

const off: Tracing = {
  span: (_name, _attributes, _traceparent, work) => work(),
  close: () => Promise.resolve(),
};

export async function startTracing(endpoint: string | undefined, service: string): Promise<Tracing> {
  if (endpoint === undefined) return off;
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all(
    [
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ],
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('baton');
  return {
    async span(name, attributes, traceparent, work) {
      const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parentOf(traceparent));
      try {
        return await work();
      } catch (error) {
        const code = error instanceof BatonError ? error.code : 'internal';
        span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR, message: code });
        throw error;
      } finally {
        span.end();
      }
    },
    close: () => provider.shutdown(),
  };
}

function parentOf(traceparent: string): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}
