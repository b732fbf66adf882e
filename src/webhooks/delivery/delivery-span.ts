import { SpanKind } from '@opentelemetry/api';
import { fail, inSpan, tracerInUse } from '../../telemetry/spans.js';
import type { Failure, Task } from './results.js';

/**
 * Makes one attempt to send an event to a webhook, within a span if tracing is on. The span begins its own trace, because a change waits
 * for its seal and for earlier changes.
 *
 * @param webhook identifier of the webhook
 * @param attempt makes the attempt, and returns how it failed
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
