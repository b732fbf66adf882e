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

/** What a span is when it begins. It never holds what may be secret: no body, header, path, query or value of a statement. */
export interface Beginning {
  /** One of few: neither an identifier nor a path is in it. */
  name: string;
  kind: SpanKind;
  /** Default none */
  attributes?: Attributes;
  /** Spans that it works for beside its parent. Default none */
  links?: Link[] | undefined;
}

/** Under which name the SDK knows the spans of the registry. */
const SCOPE = 'oauth2-client-registry';

/** The mark by which instrumentations of OpenTelemetry know that they make no span and send no `traceparent`; its name is the same in all of them. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** What makes spans; `undefined` without an SDK, so that nothing is made that nobody exports. */
export function tracerInUse(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegateTracer(SCOPE) : provider.getTracer(SCOPE);
}

/** As {@link tracerInUse}, for what is a part of something else: `undefined` also where nobody traces that. */
export function tracerWithin(): Tracer | undefined {
  const tracer = tracerInUse();
  return tracer && trace.getActiveSpan() ? tracer : undefined;
}

/**
 * Does work within a span. What others would trace of a call to a server, such as the package that makes it, is this span already, so
 * they are asked not to; and no `traceparent` leaves with it.
 *
 * @param work gets the span, to say more about it
 * @returns what `work` returns; after an error the span says its code or its name, and not its message, which may quote values
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
 * @param reason one of few words or codes
 */
export function fail(span: Span, reason: string): void {
  span.setAttribute('error.type', reason).setStatus({ code: SpanStatusCode.ERROR });
}

function reasonOf(error: unknown): string {
  const { code, name = 'Error' } = error as { code?: unknown; name?: string };
  return typeof code === 'string' ? code : name;
}

/** Does a part of something that takes the processor's time, within a span where somebody traces that. */
export function part<T>(name: string, work: () => Promise<T>): Promise<T> {
  const tracer = tracerWithin();
  return tracer ? inSpan(tracer, { name, kind: SpanKind.INTERNAL }, work) : work();
}

/** Does what is nobody's part: what a request only sets off would otherwise be of its trace for ever. */
export function apart<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work);
}
