import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { INestApplication } from '@nestjs/common';
import { eventually } from './eventually.js';

const ended: ReadableSpan[] = [];
let open = 0;

const keeping: SpanProcessor = {
  onStart: () => void (open += 1),
  onEnd: (span) => {
    open -= 1;
    ended.push(span);
  },
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

/** Starts an SDK in this file's tests, which keeps the spans that have ended. */
export function startSdk(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [keeping] }));
}

/** The spans that have ended. */
export function endedSpans(): ReadableSpan[] {
  return [...ended];
}

/** The spans of something, which have all ended when it returns. */
export async function spansOf(work: () => Promise<unknown>): Promise<ReadableSpan[]> {
  const before = ended.length;
  await work();
  // The span of a request ends after its caller has the answer.
  await eventually(() => open === 0);
  return ended.slice(before);
}

/** The spans of a kind, by their names. */
export function named(spans: readonly ReadableSpan[], kind: SpanKind): string[] {
  return spans.filter((span) => span.kind === kind).map(({ name }) => name);
}

/** All that the spans say, as text. */
export function said(spans: readonly ReadableSpan[]): string {
  return JSON.stringify(spans.map(({ name, attributes, status, events }) => ({ name, attributes, status, events })));
}

/** Has a span around each request of an application while something is done, as instrumentations of Node's server make it. */
export async function instrumented(app: INestApplication, work: () => Promise<unknown>): Promise<void> {
  const server = app.getHttpServer() as { emit: (...all: unknown[]) => unknown };
  const emit = server.emit.bind(server);
  server.emit = (...all) => {
    if (all[0] !== 'request') return emit(...all);
    return trace.getTracer('http').startActiveSpan('of the host', { kind: SpanKind.SERVER }, (span) => {
      (all[2] as NodeJS.EventEmitter).once('close', () => span.end());
      return emit(...all);
    });
  };
  await work();
  server.emit = emit;
}

/** The trace that a span is in, and the span that it is a part of. */
export function placeOf(span: ReadableSpan | undefined): { trace?: string | undefined; parent?: string | undefined } {
  return { trace: span?.spanContext().traceId, parent: span?.parentSpanContext?.spanId };
}
