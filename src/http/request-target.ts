/** The part of a request that Express and Fastify have in common. */
export interface Addressed {
  /** Path and query as they arrived, with the host's prefix. */
  originalUrl: string;
}

/** The path of a request target. A client may send a whole URL (RFC 9112 §3.2.2); the host in it is not trusted. */
export function pathOf(target: string): string {
  const [path = ''] = target.replace(/^[a-z]+:\/\/[^/?]*/i, '').split('?');
  return path;
}

/** The query parameters as they were sent, independent of the application's own query parser. */
export function queryOf({ originalUrl }: Addressed): URLSearchParams {
  const at = originalUrl.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : originalUrl.slice(at));
}
