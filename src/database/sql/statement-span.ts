import { context, createContextKey, SpanKind, trace, type Link, type SpanContext } from '@opentelemetry/api';
import { isHeard, STATEMENTS, tell } from '../../telemetry/events.js';
import { inSpan, tracerWithin } from '../../telemetry/spans.js';
import { labelOf, type Query } from './prepared-database.js';

/** Which databases there are, as OpenTelemetry names them. */
export type DatabaseSystem = 'postgresql' | 'sqlite';

/** Where a context says which other spans its statement works for. */
const SHARED_WITH = createContextKey('oauth2-client-registry: spans that share a statement');

/** What is run: one statement, or those of a change. */
type Run = Query | readonly [Query, ...Query[]];

/**
 * Runs a statement: timed where somebody listens, and within a span where somebody traces what it is a part of. Both have its label,
 * neither its text nor its values.
 *
 * @param run made once, not for each statement: most are not traced
 */
export function traced<Q extends Run, T>(system: DatabaseSystem, query: Q, run: (query: Q) => Promise<T>): Promise<T> {
  const tracer = tracerWithin();
  if (!tracer) return timed(query, run);
  const summary = summaryOf(query);
  const links = context.active().getValue(SHARED_WITH) as Link[] | undefined;
  const attributes = { 'db.system.name': system, 'db.query.summary': summary };
  return inSpan(tracer, { name: summary, kind: SpanKind.CLIENT, attributes, links }, () => timed(query, run));
}

/** What a change does is what its first statement does. */
function summaryOf(query: Run): string {
  return labelOf('text' in query ? query : query[0]);
}

function timed<Q extends Run, T>(query: Q, run: (query: Q) => Promise<T>): Promise<T> {
  return isHeard(STATEMENTS) ? telling(query, run) : run(query);
}

async function telling<Q extends Run, T>(query: Q, run: (query: Q) => Promise<T>): Promise<T> {
  const begun = performance.now();
  try {
    return await run(query);
  } finally {
    tell(STATEMENTS, { statement: summaryOf(query), seconds: (performance.now() - begun) / 1000 });
  }
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
