import type { IncomingMessage } from 'node:http';
import { OAuthError } from '../oauth-error/oauth-error.js';

/** By which names a listener may be called. */
export interface ListenerNames {
  /** Address that the listener is bound to. */
  host: string;
  /** Names that were configured; none = loopback names on loopback, any elsewhere. */
  allowedHosts: readonly string[];
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Host without its port, in lower case. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

function mayBeCalled(host: string, { host: bound, allowedHosts }: ListenerNames): boolean {
  const name = nameOf(host);
  if (allowedHosts.length > 0) return allowedHosts.some((allowed) => nameOf(allowed) === name);
  const isLoopback = LOOPBACK.test(bound.includes(':') ? `[${bound}]` : bound);
  return !isLoopback || LOOPBACK.test(name);
}

/**
 * Why a request may come from a foreign web page, as an error to answer with; `undefined` when it does not.
 *
 * JSON is read under any Content-Type, so a page could create clients without a preflight (Fetch §3.2.1), and by DNS
 * rebinding it could read the answer. Browsers tell where a request comes from; programs send none of these headers.
 */
export function foreignRequest({ headers }: IncomingMessage, names: ListenerNames): OAuthError | undefined {
  const { host = '', origin } = headers;
  if (!mayBeCalled(host, names))
    return OAuthError.accessDenied(
      'The listener must not be called by this Host: use its own name, or add it to ADMIN_ALLOWED_HOSTS.',
    );
  if (headers['sec-fetch-site'] === 'cross-site')
    return OAuthError.accessDenied('Requests from other web sites are refused.');
  const own = origin === undefined || isOwn(origin, host);
  return own ? undefined : OAuthError.accessDenied('Requests from web pages of another Origin are refused.');
}

/** Is it this host's own origin? A proxy may keep the default port in Host, which an Origin never has. */
function isOwn(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: expected } = new URL(origin);
  const own = `${protocol}//${host}`;
  return expected !== '' && URL.canParse(own) && new URL(own).host === expected;
}
