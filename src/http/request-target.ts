/** The part of a request that Express and Fastify spell alike. */
export interface Addressed {
  /** Path and query as they arrived, with the host's prefix. */
  originalUrl: string;
}

/** The path of a request target. RFC 9112 §3.2.2: a client may send the whole URL; the host that it names is not trusted. */
export function pathOf(target: string): string {
  const [path = ''] = target.replace(/^[a-z]+:\/\/[^/?]*/i, '').split('?');
  return path;
}

/** The query parameters as they were sent, whatever the application's own parser makes of them. */
export function queryOf({ originalUrl }: Addressed): URLSearchParams {
  const at = originalUrl.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : originalUrl.slice(at));
}
