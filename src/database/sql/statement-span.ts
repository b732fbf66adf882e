import { context, createContextKey, SpanKind, trace, type Link, type SpanContext } from '@opentelemetry/api';
import { isHeard, STATEMENTS, tell } from '../../telemetry/events.js';
import { inSpan, tracerWithin } from '../../telemetry/spans.js';
import { labelOf, type Query } from './prepared-database.js';

/** A kind of database, by OpenTelemetry's name for it. */
export type DatabaseSystem = 'postgresql' | 'sqlite';

/** Context key of the links to the other spans that a shared statement works for. */
const SHARED_WITH = createContextKey('oauth2-client-registry: spans that share a statement');

/** What is run: one statement, or the statements of a change. */
type Run = Query | readonly [Query, ...Query[]];

/**
 * Runs a statement. It is timed if the channel has a subscriber, and runs within a span if its caller is traced. The event and the span carry
 * its label, never its text or its values.
 *
 * @param run should be created once, not for each statement: most statements are not traced
 */
export function traced<Q extends Run, T>(system: DatabaseSystem, query: Q, run: (query: Q) => Promise<T>): Promise<T> {
  const tracer = tracerWithin();
  if (!tracer) return timed(query, run);
  const summary = summaryOf(query);
  const links = context.active().getValue(SHARED_WITH) as Link[] | undefined;
  const attributes = { 'db.system.name': system, 'db.query.summary': summary };
  return inSpan(tracer, { name: summary, kind: SpanKind.CLIENT, attributes, links }, () => timed(query, run));
}

/** Returns the label of a statement; a change has the label of its first statement. */
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

/** Returns the caller's span; `undefined` when the caller is not traced. */
export function callerSpan(): SpanContext | undefined {
  return tracerWithin() && trace.getActiveSpan()?.spanContext();
}

/** Runs a statement that several callers share: its span is a child of the first caller's span, and has links to the others' spans. */
export function sharedBy<T>([first, ...others]: readonly SpanContext[], run: () => Promise<T>): Promise<T> {
  if (!first) return run();
  const links = others.map((one): Link => ({ context: one }));
  return context.with(trace.setSpanContext(context.active(), first).setValue(SHARED_WITH, links), run);
}
