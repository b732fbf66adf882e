import { applyDecorators, Header } from '@nestjs/common';

/** The part of a response that Express and Fastify spell alike. */
export interface Reply {
  header(name: string, value: string): unknown;
}

/** The part of a request that Express and Fastify spell alike. */
export interface Addressed {
  /** Path and query as they arrived, with the host's prefix. */
  originalUrl: string;
}

/** Puts an answer's headers on the reply; its JSON goes out as it is. */
export function send(reply: Reply, { etag, json }: { etag: string; json: string }): string {
  reply.header('ETag', etag);
  return json;
}

/** As {@link send}, for what was just created in the collection that the request addressed. */
export function sendCreated(
  reply: Reply,
  { originalUrl }: Addressed,
  collection: string,
  created: { id: string; etag: string; json: string },
): string {
  // Under whatever prefix the host has put the collection, and by its full name if it was addressed by its short one.
  const [path = ''] = originalUrl.split('?');
  const base = path.replace(/\/$/, '');
  const short = collection.slice(collection.lastIndexOf('/'));
  const place = base.endsWith(collection) ? base : base.slice(0, -short.length) + collection;
  reply.header('Location', `${place}/${encodeURIComponent(created.id)}`);
  return send(reply, created);
}

/** For handlers that return JSON as text; nothing of the registry is for caches. */
export function JsonText(): MethodDecorator {
  return applyDecorators(
    Header('Content-Type', 'application/json; charset=utf-8'),
    Header('Cache-Control', 'no-store'),
  );
}
