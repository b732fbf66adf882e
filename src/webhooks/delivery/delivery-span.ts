import { SpanKind } from '@opentelemetry/api';
import { fail, inSpan, tracerInUse } from '../../telemetry/spans.js';
import type { Failure, Task } from './results.js';

/**
 * Makes an attempt to send something to a webhook, within a span when somebody traces. It begins a trace of its own: a change waits for its
 * seal, and for those before it.
 *
 * @param webhook identifier of the webhook
 * @param attempt says how it failed
 */
export function tracedAttempt(
  webhook: string,
  { news, type }: Task,
  attempt: () => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  const tracer = tracerInUse();
  if (!tracer) return attempt();
  const attributes = {
    'messaging.system': 'webhooks',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': webhook,
    'messaging.message.id': news.id,
  };
  return inSpan(tracer, { name: `send ${type}`, kind: SpanKind.PRODUCER, attributes }, async (span) => {
    const failure = await attempt();
    if (failure) fail(span, failure.status === null ? 'unreachable' : String(failure.status));
    return failure;
  });
}
