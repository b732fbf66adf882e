import { applyDecorators, Header } from '@nestjs/common';
import { ANSWER_HEADERS } from '../oauth-error/answer-headers.js';
import { hasAlready } from './preconditions.js';
import { pathOf, type Addressed } from './request-target.js';

/** The part of a response that Express and Fastify have in common. */
export interface Reply {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
}

/**
 * One resource, ready to be sent.
 *
 * @inline
 */
export interface Answer {
  /** Identifier of the resource. */
  id: string;
  /** Strong entity tag (RFC 9110 §8.8.3). */
  etag: string;
  /** The resource as the admin API shows it, as JSON text. */
  json: string;
}

/** One page of a collection, ready to be sent. */
export interface Page {
  /** The entries of the page, as the text of a JSON array. */
  json: string;
  /** Queries of other pages by link relation (RFC 8288 §3.3): `first`, and `next` unless this is the last page. */
  links: Record<string, URLSearchParams>;
  /** Number of entries that match the filters, if the caller asked for it. */
  total?: number | undefined;
}

/** Sets the headers of a response, and returns its JSON, which is sent unchanged. */
export function send(reply: Reply, { etag, json }: Answer): string {
  reply.header('ETag', etag);
  return json;
}

/** As {@link send}, for a read: 304 without a body when `If-None-Match` names the current state (RFC 9110 §15.4.5). */
export function sendFound(reply: Reply, ifNoneMatch: string | undefined, found: Answer): string {
  if (!hasAlready(ifNoneMatch, found.etag)) return send(reply, found);
  reply.status(304);
  return send(reply, { ...found, json: '' });
}

/**
 * As {@link send}, for a resource that was just created: with its `Location`.
 *
 * @param collection path of the collection, without the host's prefix
 */
export function sendCreated(reply: Reply, request: Addressed, collection: string, created: Answer): string {
  reply.header('Location', `${placeOf(request, collection)}/${encodeURIComponent(created.id)}`);
  return send(reply, created);
}

/**
 * Sets `Link` and, if there is a total, `X-Total-Count`, and returns the JSON of the page.
 *
 * @param collection path of the collection, without the host's prefix
 */
export function sendPage(reply: Reply, request: Addressed, collection: string, { json, links, total }: Page): string {
  const place = placeOf(request, collection);
  const entries = Object.entries(links).map(([relation, query]) => `<${place}?${query.toString()}>; rel="${relation}"`);
  reply.header('Link', entries.join(','));
  if (total !== undefined) reply.header('X-Total-Count', String(total));
  return json;
}

/** Returns the path of a collection with the host's prefix. A request to its short name (the last segment) gets the full one. */
function placeOf({ originalUrl }: Addressed, collection: string): string {
  const base = pathOf(originalUrl).replace(/\/$/, '');
  const names = [collection, collection.slice(collection.lastIndexOf('/'))];
  const name = names.find((one) => base.toLowerCase().endsWith(one)) ?? '';
  return base.slice(0, base.length - name.length) + collection;
}

/** Sets the headers of a handler that returns JSON text: its media type, and those of {@link AnswerHeaders}. */
export function JsonText(): MethodDecorator {
  return applyDecorators(Header('Content-Type', 'application/json; charset=utf-8'), AnswerHeaders());
}

/** Sets the headers of every answer, for handlers that do not return JSON text. */
export function AnswerHeaders(): MethodDecorator {
  return applyDecorators(...Object.entries(ANSWER_HEADERS).map(([name, value]) => Header(name, value)));
}
