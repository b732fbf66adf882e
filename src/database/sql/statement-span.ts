import { context, createContextKey, SpanKind, trace, type Link, type SpanContext } from '@opentelemetry/api';
import { inSpan, tracerWithin } from '../../telemetry/spans.js';
import { labelOf, type Query } from './prepared-database.js';

/** Which databases there are, as OpenTelemetry names them. */
export type DatabaseSystem = 'postgresql' | 'sqlite';

/** Where a context says which other spans its statement works for. */
const SHARED_WITH = createContextKey('oauth2-client-registry: spans that share a statement');

/**
 * Runs a statement: within a span where somebody traces what it is a part of. The span has its label, neither its text nor its values.
 *
 * @param run made once, not for each statement: most are not traced
 */
export function traced<Q extends Query | readonly [Query, ...Query[]], T>(
  system: DatabaseSystem,
  query: Q,
  run: (query: Q) => Promise<T>,
): Promise<T> {
  const tracer = tracerWithin();
  if (!tracer) return run(query);
  const summary = labelOf('text' in query ? query : query[0]);
  const links = context.active().getValue(SHARED_WITH) as Link[] | undefined;
  const attributes = { 'db.system.name': system, 'db.query.summary': summary };
  return inSpan(tracer, { name: summary, kind: SpanKind.CLIENT, attributes, links }, () => run(query));
}

/** The span that a caller is in, when it is traced. */
export function callerSpan(): SpanContext | undefined {
  return tracerWithin() && trace.getActiveSpan()?.spanContext();
}

/** Runs a statement for callers that share it: its span is a part of the first one's, and has links to the others. */
export function sharedBy<T>([first, ...others]: readonly SpanContext[], run: () => Promise<T>): Promise<T> {
  if (!first) return run();
  const links = others.map((one): Link => ({ context: one }));
  return context.with(trace.setSpanContext(context.active(), first).setValue(SHARED_WITH, links), run);
}
