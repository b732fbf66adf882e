import type { IncomingMessage } from 'node:http';
import { OAuthError } from '../oauth-error/oauth-error.js';

/** The names that a listener accepts in `Host`. */
export interface ListenerNames {
  /** Address that the listener is bound to. */
  host: string;
  /** Accepted names; empty = loopback names when bound to a loopback address, otherwise any name. */
  allowedHosts: readonly string[];
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** A host without its port, in lower case. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

function accepts(host: string, { host: bound, allowedHosts }: ListenerNames): boolean {
  const name = nameOf(host);
  if (allowedHosts.length > 0) return allowedHosts.some((allowed) => nameOf(allowed) === name);
  const isLoopback = LOOPBACK.test(bound.includes(':') ? `[${bound}]` : bound);
  return !isLoopback || LOOPBACK.test(name);
}

/**
 * Refuses requests that a web page of another site may have sent.
 *
 * The registry reads JSON under any Content-Type, so such a page could create clients without a preflight (Fetch §3.2.1),
 * and by DNS rebinding it could read the response. Browsers say in headers which site sends a request; other programs do
 * not send these headers.
 *
 * @returns the error to answer with; `undefined` when the request is accepted
 */
export function foreignRequest({ headers }: IncomingMessage, names: ListenerNames): OAuthError | undefined {
  const { host = '', origin } = headers;
  if (!accepts(host, names))
    return OAuthError.accessDenied(
      'The listener does not accept this Host: use one of its own names, or add this one to ADMIN_ALLOWED_HOSTS.',
    );
  if (headers['sec-fetch-site'] === 'cross-site')
    return OAuthError.accessDenied('Requests from other web sites are refused.');
  const own = origin === undefined || isOwn(origin, host);
  return own ? undefined : OAuthError.accessDenied('Requests from web pages of another Origin are refused.');
}

/** Is `origin` the origin of `host`? A proxy may keep the default port in Host; an Origin never contains it. */
function isOwn(origin: string, host: string): boolean {
  try {
    const page = new URL(origin);
    return page.host !== '' && new URL(`${page.protocol}//${host}`).host === page.host;
  } catch {
    // One of them is not a URL.
    return false;
  }
}
