import { SESSION_ATTRIBUTES, type Host } from './several-hosts.js';

/** The servers that a URL names, and a URL of the first of them. */
export interface UrlHosts {
  /** The URL with one host, as the driver requires. */
  url: string;
  hosts: Host[];
  /** What a session must be able to do; `undefined` when the URL has one host and requires nothing. */
  attribute?: string;
}

const PORT = 5432;
/** Captures everything before the hosts, the hosts, and everything after them. */
const PARTS = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/s;
/** One host with its port: a name, an IPv4 address, or an IPv6 address in brackets. */
const HOST = /^(\[[\da-f:.]+\]|(?:[^[\]:,%]|%[\da-f]{2})*)(?::(\d{1,5}))?$/i;

/**
 * Reads the hosts of a `postgres://` URL: one, or several separated by commas, as in libpq.
 *
 * @throws Error that says what is wrong with the URL, without repeating parts that may be secret
 */
export function readUrlHosts(url: string): UrlHosts {
  const [, head = '', list = '', tail = ''] = PARTS.exec(url) ?? [];
  const [first = '', ...others] = list.split(',');
  requireValid(head + first + tail);
  const query = new URLSearchParams(tail.split('?')[1]);
  const named = query.get('target_session_attrs');
  if (named !== null && !SESSION_ATTRIBUTES.includes(named))
    throw new Error(`target_session_attrs must be one of ${SESSION_ATTRIBUTES.join(', ')}`);
  if (query.get('host')?.includes(','))
    throw new Error('several hosts must stand before the name of the database, as in postgres://a,b/name');
  const attribute = named ?? (others.length > 0 ? 'read-write' : undefined);
  const hosts = [first, ...others].map(hostOf);
  const host = query.get('host');
  if (host !== null) hosts.splice(0, Infinity, { host, port: Number(query.get('port') ?? hosts[0]?.port) });
  return { url: head + first + tail, hosts, attribute };
}

function hostOf(text: string): Host {
  const [, host = '', port = PORT] = HOST.exec(text) ?? [];
  if (Number(port) > 65_535 || (host === '' && text !== '')) throw new Error('a host is not host or host:port');
  return { host: decodeURIComponent(host.replace(/^\[(.*)\]$/, '$1')) || 'localhost', port: Number(port) };
}

function requireValid(url: string): void {
  try {
    const { username, password } = new URL(url);
    decodeURIComponent(username + password);
  } catch {
    throw new Error('it is not a valid URL; write special characters of the user and the password as %XX');
  }
}
