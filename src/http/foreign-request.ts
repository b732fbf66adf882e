import type { IncomingMessage } from 'node:http';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { pathOf } from './request-target.js';

/** What a listener accepts. */
export interface Admitted {
  /** Whether a value of Host is accepted, see `acceptedHosts`. */
  acceptsHost: (host: string) => boolean;
  /** The setting that adds a value of Host. */
  setting: string;
  /** Whether pages of another site, of this origin, may call the listener. */
  acceptsOrigin: (origin: string) => boolean;
  /** Paths of the pages that links on other sites may lead to. */
  pages: readonly string[];
}

/** Paths that every page may call: orchestrators call them by other host names, and the responses reveal nothing. */
const OPEN = /^\/(health\/|version\/?(\?|$))/;

/** Whether there is more than one Host line. Node keeps the first; a proxy in front may have checked another. */
function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  const isHost = (text: string, at: number): boolean => at % 2 === 0 && text.length === 4 && /^host$/i.test(text);
  return rawHeaders.filter(isHost).length > 1;
}

/**
 * Detects requests that a web page of another site may have sent, and those that name several hosts or none (RFC 9112 §3.2).
 *
 * The registry reads JSON under any Content-Type, so such a page could create clients without a preflight (Fetch §3.2.1),
 * and by DNS rebinding it could read the response. Browsers send headers that name the requesting site; other programs do
 * not send these headers.
 *
 * @returns the error to answer with; `undefined` when the request is accepted
 */
export function foreignRequest(request: IncomingMessage, admitted: Admitted): OAuthError | undefined {
  if (hasSeveralHosts(request.rawHeaders))
    return OAuthError.invalidRequest('The request has several Host lines: send one.');
  if (request.headers.host === undefined && request.httpVersion === '1.1')
    return OAuthError.invalidRequest('The request has no Host line: send one.');
  if (OPEN.test(request.url ?? '')) return undefined;
  const { host = '', origin, 'sec-fetch-site': site } = request.headers;
  if (!admitted.acceptsHost(host))
    return OAuthError.accessDenied(
      `The listener does not accept this Host: use one of its own names, or add this one to ${admitted.setting}.`,
    );
  // The browser itself compared the origins, before any proxy could change Host.
  if (site === 'same-origin' || opensPage(request, admitted.pages)) return undefined;
  if (origin !== undefined && admitted.acceptsOrigin(origin)) return undefined;
  if (site === 'cross-site') return OAuthError.accessDenied('Requests from other web sites are refused.');
  const own = origin === undefined || isOwn(origin, host);
  return own ? undefined : OAuthError.foreignPage();
}

/** Whether a person follows a link to one of the pages. The linking site cannot read what a new top-level page shows. */
function opensPage({ method, url = '', headers }: IncomingMessage, pages: readonly string[]): boolean {
  return (
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    (method === 'GET' || method === 'HEAD') &&
    pages.includes(pathOf(url))
  );
}

/**
 * Whether `origin` is the origin of `host`. A proxy may keep the default port in Host, which an Origin never contains, or drop
 * the port (nginx's `$host`); without a port, only the names are compared.
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
