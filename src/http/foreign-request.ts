import type { IncomingMessage } from 'node:http';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { pathOf } from './request-target.js';

/** The names that a listener accepts in `Host`. */
export interface ListenerNames {
  /** Address that the listener is bound to. */
  host: string;
  /** Accepted names; empty = loopback names when bound to a loopback address, otherwise any name. */
  allowedHosts: readonly string[];
  /** Paths of the pages that links on other sites may lead to. */
  pages: readonly string[];
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** A host in lower case, without its port and without the dot of the DNS root (`localhost.` is `localhost`). */
function nameOf(host: string): string {
  return host.replace(/\.?(:\d*)?$/, '').toLowerCase();
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
export function foreignRequest(request: IncomingMessage, listener: ListenerNames): OAuthError | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = request.headers;
  if (!accepts(host, listener))
    return OAuthError.accessDenied(
      'The listener does not accept this Host: use one of its own names, or add this one to ADMIN_ALLOWED_HOSTS.',
    );
  // The browser has compared the origins itself, before any proxy could change Host.
  if (site === 'same-origin' || opensPage(request, listener.pages)) return undefined;
  if (site === 'cross-site') return OAuthError.accessDenied('Requests from other web sites are refused.');
  const own = origin === undefined || isOwn(origin, host);
  return own ? undefined : OAuthError.accessDenied('Requests from web pages of another Origin are refused.');
}

/** Does somebody follow a link to one of the pages? The site with the link cannot read what a new top-level page shows. */
function opensPage({ method, url = '', headers }: IncomingMessage, pages: readonly string[]): boolean {
  return (
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    (method === 'GET' || method === 'HEAD') &&
    pages.includes(pathOf(url))
  );
}

/**
 * Is `origin` the origin of `host`? A proxy may keep the default port in Host, which an Origin never contains, or leave out
 * the port (nginx's `$host`); then the names alone are compared.
 */
function isOwn(origin: string, host: string): boolean {
  try {
    const page = new URL(origin);
    const own = new URL(`${page.protocol}//${host}`);
    return page.host !== '' && (/:\d+$/.test(host) ? own.host === page.host : own.hostname === page.hostname);
  } catch {
    // One of them is not a URL.
    return false;
  }
}
