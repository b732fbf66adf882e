import { parsedUrl, uriTextFault, webUrlFault } from '../../../fields/web-url.js';

/** Schemes of code, files and browser internals; authorization responses must not be sent to them. */
const SCRIPT_LIKE = new Set(
  'about blob chrome data file filesystem intent jar javascript mhtml resource vbscript view-source'.split(' '),
);

interface UriParts {
  scheme: string;
  host: string;
  port: string;
  userInfo: string;
}

/** Returns the parts of a URI (RFC 3986 §3) as they are written, except that the scheme is in lower case. */
function splitUri(uri: string): UriParts | undefined {
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/(?:([^/?#@]*)@)?(\[[^\]/?#]*\]|[^:/?#]*)(?::(\d*))?(?:[/?#]|$))?/i.exec(
    uri,
  );
  if (!match) return undefined;
  const [, scheme = '', userInfo = '', host = '', port = ''] = match;
  return { scheme: scheme.toLowerCase(), host, port, userInfo };
}

function isWeb(uri: string): boolean {
  return /^https?:/i.test(uri);
}

/** Returns why the beginning of `uri` is not a scheme (RFC 3986 §3.1), as the end of a sentence. */
function schemeFault(uri: string): string {
  const [, scheme = ''] = /^([a-z][^:/?#]*):/i.exec(uri) ?? [];
  const [wrong] = /[^a-z0-9+.-]/iu.exec(scheme) ?? [];
  if (wrong === undefined) return 'must be an absolute URI, such as https://app.example.com/callback';
  return `must have a scheme of letters, digits, +, - and . only: ${wrong} is not allowed before the colon`;
}

/** Returns why `uri` cannot be a post-logout redirect URI; `undefined` when it can. Private-use schemes are accepted (RFC 8252 §7.1). */
export function logoutUriFault(uri: string): string | undefined {
  const fault = uriTextFault(uri);
  if (fault !== undefined) return fault;
  const parts = splitUri(uri);
  if (!parts) return schemeFault(uri);
  if (SCRIPT_LIKE.has(parts.scheme)) return `must not use the scheme ${parts.scheme}:`;
  if (parts.userInfo) return 'must not contain user information';
  return isWeb(uri) ? webUrlFault(uri) : undefined;
}

/** As {@link logoutUriFault}; RFC 6749 §3.1.2 also forbids a fragment. */
export function redirectUriFault(uri: string): string | undefined {
  return uri.includes('#') ? 'must not contain a fragment (#)' : logoutUriFault(uri);
}

/**
 * Returns scheme, host and port of a URI, for comparison: without a default port, and with the host in lower case; `undefined` when `uri`
 * is not a URI.
 */
export function originOf(uri: string): string | undefined {
  if (isWeb(uri)) return parsedUrl(uri)?.origin;
  const parts = splitUri(uri);
  return parts && `${parts.scheme}://${parts.host.toLowerCase()}:${parts.port}`;
}

/** Returns the host of an http or https URL without its port, normalised for comparison; `undefined` for other URIs. */
export function webHostOf(uri: string): string | undefined {
  return isWeb(uri) ? parsedUrl(uri)?.hostname : undefined;
}

/** Returns a CORS origin as it is stored: the scheme in lower case, no trailing slash; the host keeps its case. */
export function normaliseOrigin(origin: string): string {
  let end = origin.length;
  while (origin[end - 1] === '/') end -= 1;
  return origin.slice(0, end).replace(/^[a-z]+:/i, (scheme) => scheme.toLowerCase());
}

/** Returns why a normalised `origin` is not a CORS origin; `undefined` when it is one. A wildcard host is allowed. */
export function originFault(origin: string): string | undefined {
  if (!/^https?:\/\/[^/?#]/.test(origin)) return 'must be an http or https origin, such as https://app.example.com';
  const fault = webUrlFault(origin);
  if (fault !== undefined) return fault;
  if (origin.includes('@')) return 'must not contain user information';
  return /^https?:\/\/[^/?#]+$/.test(origin) ? undefined : 'must not have a path, a query or a fragment';
}
