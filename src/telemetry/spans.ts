import {
  context,
  createContextKey,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type Tracer,
} from '@opentelemetry/api';

/** The initial data of a span. It never holds anything that may be secret: no body, header, path, query or value of a statement. */
export interface Beginning {
  /** One of few names: it contains neither an identifier nor a path. */
  name: string;
  kind: SpanKind;
  /** Default none */
  attributes?: Attributes;
  /** Spans, besides its parent, that it works for. Default none */
  links?: Link[] | undefined;
}

/** Name of the instrumentation scope of the registry's spans. */
const SCOPE = 'oauth2-client-registry';

/** Context key that tells OpenTelemetry's instrumentations to create no span and send no `traceparent`; all of them use the same name. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Returns the tracer; `undefined` without an SDK, so that no span is created that nobody exports. */
export function tracerInUse(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegateTracer(SCOPE) : provider.getTracer(SCOPE);
}

/** As {@link tracerInUse}, for a part of an operation: `undefined` also when the operation is not traced. */
export function tracerWithin(): Tracer | undefined {
  const tracer = tracerInUse();
  return tracer && trace.getActiveSpan() ? tracer : undefined;
}

/**
 * Runs work within a span. A client span already covers the call to a server, so other instrumentations, such as that of the package that
 * makes the call, are suppressed, and no `traceparent` is sent.
 *
 * @param work gets the span, to add to it
 * @returns what `work` returns; after an error, the span reports its code or its name, but not its message, which may quote values
 */
export async function inSpan<T>(
  tracer: Tracer,
  { name, ...options }: Beginning,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const around = context.active();
  const span = tracer.startSpan(name, options, around);
  try {
    return await context.with(within(around, span, options.kind), work, undefined, span);
  } catch (error) {
    fail(span, reasonOf(error));
    throw error;
  } finally {
    span.end();
  }
}

function within(around: Context, span: Span, kind: SpanKind): Context {
  const inner = trace.setSpan(around, span);
  return kind === SpanKind.CLIENT ? inner.setValue(SUPPRESSED, true) : inner;
}

/**
 * Marks a span as failed.
 *
 * @param reason a word or code, one of few
 */
export function fail(span: Span, reason: string): void {
  span.setAttribute('error.type', reason).setStatus({ code: SpanStatusCode.ERROR });
}

function reasonOf(error: unknown): string {
  const { code, name = 'Error' } = error as { code?: unknown; name?: string };
  return typeof code === 'string' ? code : name;
}

/** Runs a part of an operation that takes processor time, within a span if the operation is traced. */
export function part<T>(name: string, work: () => Promise<T>): Promise<T> {
  const tracer = tracerWithin();
  return tracer ? inSpan(tracer, { name, kind: SpanKind.INTERNAL }, work) : work();
}

/** Runs work outside every trace: work that a request only triggers would otherwise stay in the request's trace. */
export function apart<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work);
}
