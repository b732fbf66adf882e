import { OAuthError } from '../oauth-error/oauth-error.js';

/** The part of a request that Express and Fastify have in common. */
export interface Addressed {
  /** Path and query as they arrived, with the host's prefix. */
  originalUrl: string;
}

/** Returns the path of a request target. A client may send a whole URL (RFC 9112 §3.2.2); the host in it is not trusted. */
export function pathOf(target: string): string {
  const [path = ''] = withoutHost(target).split('?');
  return path;
}

/** Returns path and query of a request target. */
export function withoutHost(target: string): string {
  return target.replace(/^[a-z]+:\/\/[^/?]*/i, '');
}

/**
 * Returns the query parameters as they were sent, independent of the application's own query parser.
 *
 * @throws OAuthError 400 for a broken percent escape, which `URLSearchParams` would keep unchanged
 */
export function queryOf({ originalUrl }: Addressed): URLSearchParams {
  const at = originalUrl.indexOf('?');
  const query = at < 0 ? '' : originalUrl.slice(at);
  try {
    decodeURIComponent(query);
  } catch {
    throw OAuthError.invalidRequest(
      'The query has a broken percent escape: write % as %25, and characters beyond ASCII in UTF-8.',
    );
  }
  return new URLSearchParams(query);
}
