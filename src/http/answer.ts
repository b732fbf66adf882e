import { applyDecorators, Header } from '@nestjs/common';
import { hasAlready } from './preconditions.js';
import { pathOf, type Addressed } from './request-target.js';

/** The part of a response that Express and Fastify spell alike. */
export interface Reply {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
}

/**
 * One resource as it goes out.
 *
 * @inline
 */
export interface Answer {
  /** Identifier of the resource. */
  id: string;
  /** Strong entity tag (RFC 9110 §8.8.3). */
  etag: string;
  /** The resource as the admin API shows it, JSON as text. */
  json: string;
}

/** One page of a collection as it goes out. */
export interface Page {
  /** The members of the page, a JSON array as text. */
  json: string;
  /** Queries of the pages beside it by their relation (RFC 8288 §3.3): `first`, and `next` unless it is the last page. */
  links: Record<string, URLSearchParams>;
  /** Members of the collection that the filters let through, where that was asked for. */
  total?: number | undefined;
}

/** Puts an answer's headers on the reply; its JSON goes out as it is. */
export function send(reply: Reply, { etag, json }: Answer): string {
  reply.header('ETag', etag);
  return json;
}

/** As {@link send}, for a read: 304 without a body when the reader has this state already. */
export function sendFound(reply: Reply, ifNoneMatch: string | undefined, found: Answer): string {
  if (!hasAlready(ifNoneMatch, found.etag)) return send(reply, found);
  reply.status(304);
  return send(reply, { ...found, json: '' });
}

/** As {@link send}, for what was just created in the collection that the request addressed. */
export function sendCreated(reply: Reply, request: Addressed, collection: string, created: Answer): string {
  reply.header('Location', `${placeOf(request, collection)}/${encodeURIComponent(created.id)}`);
  return send(reply, created);
}

/** Puts the links of a page and its total on the reply. */
export function sendPage(reply: Reply, request: Addressed, collection: string, { json, links, total }: Page): string {
  const place = placeOf(request, collection);
  const entries = Object.entries(links).map(([relation, query]) => `<${place}?${query.toString()}>; rel="${relation}"`);
  reply.header('Link', entries.join(','));
  if (total !== undefined) reply.header('X-Total-Count', String(total));
  return json;
}

/** The path of a collection under whatever prefix the host has put it, and by its full name if it was addressed by its short one. */
function placeOf({ originalUrl }: Addressed, collection: string): string {
  const base = pathOf(originalUrl).replace(/\/$/, '');
  const names = [collection, collection.slice(collection.lastIndexOf('/'))];
  const name = names.find((one) => base.toLowerCase().endsWith(one)) ?? '';
  return base.slice(0, base.length - name.length) + collection;
}

/** For handlers that return JSON as text; nothing of the registry is for caches. */
export function JsonText(): MethodDecorator {
  return applyDecorators(Header('Content-Type', 'application/json; charset=utf-8'), NoStore());
}

/** For all other handlers. */
export function NoStore(): MethodDecorator {
  return Header('Cache-Control', 'no-store');
}
