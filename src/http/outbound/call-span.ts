import { SpanKind, type Span } from '@opentelemetry/api';
import { fail, inSpan, tracerInUse } from '../../telemetry/spans.js';

/** Sends a request to another server, within a span if tracing is on. The span omits path and query, which may be secret. */
export function tracedCall<T>(method: 'GET' | 'POST', url: URL, send: (span?: Span) => Promise<T>): Promise<T> {
  const tracer = tracerInUse();
  if (!tracer) return send();
  const { hostname, port, protocol } = url;
  const scheme = protocol.slice(0, -1);
  const attributes = {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': Number(port) || (scheme === 'https' ? 443 : 80),
    'url.scheme': scheme,
  };
  return inSpan(tracer, { name: method, kind: SpanKind.CLIENT, attributes }, send);
}

/** Records the status of the response in the span, if there is one. */
export function noteAnswer(span: Span | undefined, status: number): void {
  span?.setAttribute('http.response.status_code', status);
  if (span && status >= 400) fail(span, String(status));
}
