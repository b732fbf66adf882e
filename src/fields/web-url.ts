/** Longest URI, in characters. */
export const URI_MAX_LENGTH = 2048;

const MAX_PORT = 65_535;

/** Returns what the URI contains that no URI may, as the end of a sentence; `undefined` if there is no such fault. */
export function uriTextFault(uri: string): string | undefined {
  // Browsers read a backslash as a slash, but servers do not: they would disagree on the host.
  if (/[\s\p{Cc}\\]/u.test(uri)) return 'must not contain spaces, control characters or backslashes';
  if (/%(?![0-9a-f]{2})/i.test(uri)) return 'must not contain a % without two hexadecimal digits after it';
  return uri.endsWith(':') ? 'must not end with a colon' : undefined;
}

/**
 * Parses a URL as browsers and servers do; returns `undefined` if it is invalid. Does not use `URL.canParse`: on Node 20, its optimised form
 * rejects hosts with Latin-1 letters after some thousand calls.
 */
export function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Returns why `uri` is not an absolute http(s) URL with a host, as the end of a sentence; `undefined` when it is one. */
export function webUrlFault(uri: string): string | undefined {
  const [, authority] = /^https?:\/\/([^/?#]+)/i.exec(uri) ?? [];
  if (authority === undefined) return 'must be an absolute http or https URL with a host';
  // RFC 1035 §2.3.4. Also, the time that `new URL` takes grows with the square of the length of a label beyond ASCII.
  if (/[^.:]{64}/.test(authority.slice(authority.lastIndexOf('@') + 1)))
    return 'must have a host whose labels have at most 63 characters';
  const fault = uriTextFault(uri);
  if (fault !== undefined || parsedUrl(uri)?.host) return fault;
  const [, port = ''] = /:([^:@\]]*)$/.exec(authority) ?? [];
  const isPort = /^\d*$/.test(port) && Number(port) <= MAX_PORT;
  return isPort ? 'must have a host that is a name or an IP address' : `must have a port from 0 to ${MAX_PORT}`;
}

/** As {@link webUrlFault}, but https only. */
export function httpsUrlFault(uri: string): string | undefined {
  return /^https:\/\/[^/?#]/i.test(uri) ? webUrlFault(uri) : 'must be an absolute https URL with a host';
}
