/** Schemes of code, files and browser internals, to which no authorization response may be sent. */
const SCRIPT_LIKE = new Set(
  'about blob chrome data file filesystem intent jar javascript mhtml resource vbscript view-source'.split(' '),
);

interface UriParts {
  scheme: string;
  host: string;
  port: string;
  userInfo: string;
}

/** The parts of a URI (RFC 3986 §3), as they are written: URIs are compared character by character, so nothing is normalised. */
function splitUri(uri: string): UriParts | undefined {
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/(?:([^/?#@]*)@)?(\[[^\]/?#]*\]|[^:/?#]*)(?::(\d*))?(?:[/?#]|$))?/i.exec(
    uri,
  );
  if (!match) return undefined;
  const [, scheme = '', userInfo = '', host = '', port = ''] = match;
  return { scheme: scheme.toLowerCase(), host, port, userInfo };
}

function malformed(uri: string): boolean {
  // Browsers read a backslash as a slash, and servers do not: they would disagree on the host.
  return uri.endsWith(':') || /[\s\p{Cc}\\]|%(?![0-9a-f]{2})/iu.test(uri);
}

/**
 * Is it a URL with a host? Not by `URL.canParse`: on Node 20 its optimised form refuses hosts with Latin-1 letters after some
 * thousand calls.
 */
function hasHost(text: string): boolean {
  try {
    return new URL(text).host !== '';
  } catch {
    return false;
  }
}

/** Why `uri` is not an absolute http(s) URL with a host, as the end of a sentence; `undefined` when it is one. */
export function webUrlFault(uri: string): string | undefined {
  const isWeb = /^https?:\/\/[^/?#]/i.test(uri) && !malformed(uri) && hasHost(uri);
  return isWeb ? undefined : 'must be an absolute http or https URL with a host';
}

/** As {@link webUrlFault}, https only. */
export function httpsUrlFault(uri: string): string | undefined {
  return /^https:/i.test(uri) && !webUrlFault(uri) ? undefined : 'must be an absolute https URL with a host';
}

/** Why `uri` cannot be a post-logout redirect URI; `undefined` when it can. Private-use schemes are accepted (RFC 8252 §7.1). */
export function logoutUriFault(uri: string): string | undefined {
  const parts = splitUri(uri);
  if (!parts || malformed(uri))
    return 'must be an absolute URI without spaces, such as https://app.example.com/callback';
  if (SCRIPT_LIKE.has(parts.scheme)) return `must not use the scheme ${parts.scheme}:`;
  if (parts.userInfo) return 'must not contain user information';
  return parts.scheme === 'http' || parts.scheme === 'https' ? webUrlFault(uri) : undefined;
}

/** As {@link logoutUriFault}; RFC 6749 §3.1.2 also forbids a fragment. */
export function redirectUriFault(uri: string): string | undefined {
  return uri.includes('#') ? 'must not contain a fragment (#)' : logoutUriFault(uri);
}

/** Scheme, host and explicit port of a URI, for comparison. Default ports are not added, and hosts keep their case. */
export function originOf(uri: string): string | undefined {
  const parts = splitUri(uri);
  return parts && `${parts.scheme}://${parts.host}:${parts.port}`;
}

/** A CORS origin as it is stored: the scheme in lower case, no trailing slash; the host keeps its case. */
export function normaliseOrigin(origin: string): string {
  let end = origin.length;
  while (origin[end - 1] === '/') end -= 1;
  return origin.slice(0, end).replace(/^[a-z]+:/i, (scheme) => scheme.toLowerCase());
}

/** Why a normalised `origin` is not a CORS origin; `undefined` when it is one. A wildcard host is allowed. */
export function originFault(origin: string): string | undefined {
  if (webUrlFault(origin)) return 'must be an http or https origin, such as https://app.example.com';
  if (origin.includes('@')) return 'must not contain user information';
  return /^https?:\/\/[^/?#]+$/.test(origin) ? undefined : 'must not have a path, a query or a fragment';
}
