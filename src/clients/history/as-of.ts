import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { queryOf, type Addressed } from '../../http/request-target.js';
import { storedTime } from '../../http/query/stored-time.js';
import type { Moment } from '../../journal/reading/state-query.js';
import { MAX_VERSION } from '../../fields/value-fields.js';
import { malformedAsOf } from './history-errors.js';

/** Maximum length of a time or a version, in characters. */
export const AS_OF_MAX_LENGTH = 64;

/**
 * Parses the moment at which a client is read.
 *
 * @param asOf a time (RFC 3339 §5.6), or the number of a version
 * @throws OAuthError 400 when it is neither
 */
export function readAsOf(asOf: string | number | Date): Moment {
  const text = asOf instanceof Date ? timeText(asOf) : String(asOf);
  if (text.length > AS_OF_MAX_LENGTH) throw malformedAsOf();
  if (/^\d+$/.test(text)) return { version: readVersion(text) ?? 0 };
  const until = storedTime(text, false);
  if (until === undefined) throw malformedAsOf();
  return { until };
}

function timeText(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** Parses the number of a version; returns `undefined` when no client can have that version. */
export function readVersion(text: string): number | undefined {
  const version = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return version >= 1 && version <= MAX_VERSION ? version : undefined;
}

/** The query parameter `as_of` of a request; `undefined` when it is missing or empty. If it is repeated, the first one counts. */
export const AsOf = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const request = context.switchToHttp().getRequest<Addressed>();
  // Most reads have no query: skip parsing it.
  return request.originalUrl.includes('?') ? (queryOf(request).get('as_of') ?? '') || undefined : undefined;
});
