import { parsedUrl } from '../../fields/web-url.js';

/** Returns whether a redirect URI is allowed. */
export type RedirectPattern = (uri: string) => boolean;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Reads a pattern of redirect URIs:
 *
 * - `https:`, `com.example.app:`: all URIs of this scheme;
 * - `https://app.example.com`, `http://[::1]`: all of this scheme and host, at any port;
 * - `https://app.example.com:8443`: all of this scheme, host and port;
 * - `https://*.example.com`: all of this scheme at hosts below `example.com`, at any depth, but not at `example.com` itself.
 *
 * @returns `undefined` when the text is not a pattern
 */
export function redirectPattern(text: string): RedirectPattern | undefined {
  const match = /^([a-z][a-z\d+.-]*:)(?:\/\/(\*\.)?(\[[\da-f:.]+\]|[^\s:/?#@*[\]]+)(:\d+)?)?$/i.exec(text);
  if (!match) return undefined;
  const [, schemeText = '', wildcard, hostText, portText] = match;
  const scheme = schemeText.toLowerCase();
  if (hostText === undefined) return (uri) => uri.slice(0, scheme.length).toLowerCase() === scheme;
  const site = scheme in DEFAULT_PORTS ? parsedUrl(`${scheme}//${hostText}${portText ?? ''}`) : undefined;
  if (!site || (wildcard && /^[\d.[]/.test(site.hostname))) return undefined;
  const { hostname: host } = site;
  const port = portText && portOf(site);
  return (uri) => {
    const url = parsedUrl(uri);
    if (!url || url.protocol !== scheme || (port && portOf(url) !== port)) return false;
    if (!wildcard) return url.hostname === host;
    return url.hostname.endsWith(`.${host}`) && !url.hostname.startsWith('.');
  };
}

function portOf({ port, protocol }: URL): string | undefined {
  return port || DEFAULT_PORTS[protocol];
}
