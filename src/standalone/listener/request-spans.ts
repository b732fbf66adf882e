import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { context, propagation, SpanKind, trace, type Span } from '@opentelemetry/api';
import { routeOf } from '../../http/route-of.js';
import { requestIdOf } from '../../oauth-error/request-id.js';
import { fail, tracerInUse } from '../../telemetry/spans.js';

/** The methods that a span names; any other is `_OTHER`, since callers may make up any number. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']);

/** Paths of probes and of Prometheus, whose requests are many and all alike. */
const PROBES = /^\/(health|metrics)(\/|$)/;

/**
 * Handles each request within a span, which continues the trace of the caller (`traceparent` of W3C Trace Context). There is no span for
 * probes, nor where an instrumentation of Node's HTTP server has made one already.
 */
export function tracedRequests(next: RequestListener): RequestListener {
  return (request, response) => {
    const tracer = tracerInUse();
    if (!tracer || trace.getActiveSpan() || PROBES.test(request.url ?? '')) return next(request, response);
    const method = methodOf(request);
    const attributes = {
      'http.request.method': method,
      'url.scheme': 'encrypted' in request.socket ? 'https' : 'http',
      'network.protocol.version': request.httpVersion,
    };
    const caller = propagation.extract(context.active(), request.headers);
    const span = tracer.startSpan(nameOf(method), { kind: SpanKind.SERVER, attributes }, caller);
    response.on('close', () => end(span, request, response));
    context.with(trace.setSpan(caller, span), next, undefined, request, response);
  };
}

function methodOf({ method = '' }: IncomingMessage): string {
  return METHODS.has(method) ? method : '_OTHER';
}

function nameOf(method: string): string {
  return method === '_OTHER' ? 'HTTP' : method;
}

/** Ends a span, with what is known once the answer or its connection has ended. Path and query may hold secrets, and are left out. */
function end(span: Span, request: IncomingMessage, response: ServerResponse): void {
  const route = routeOf(request);
  if (route !== undefined) span.updateName(`${nameOf(methodOf(request))} ${route}`).setAttribute('http.route', route);
  const id = requestIdOf(response);
  if (id !== undefined) span.setAttribute('oauth2_registry.request_id', id);
  if (response.headersSent) span.setAttribute('http.response.status_code', response.statusCode);
  if (!response.writableFinished) span.setAttribute('error.type', 'aborted');
  else if (response.statusCode >= 500) fail(span, String(response.statusCode));
  span.end();
}
