import { readUrlHosts } from './url-hosts.js';

/**
 * Where the database of a `postgres://` URL is, for people: hosts, ports and name, without the user, the password and the
 * parameters.
 *
 * @throws Error that says what is wrong with the URL, without repeating what may be secret
 */
export function placeOfPostgres(url: string): string {
  const { url: address, hosts } = readUrlHosts(url);
  const { pathname, searchParams } = new URL(address);
  const named = searchParams.get('host');
  const places = hosts.map(
    ({ host, port }) => `${host.includes(':') ? `[${host}]` : encodeURIComponent(host)}:${port}`,
  );
  // Part of a password stands in the path when a special character of it is not escaped.
  const name = /^\/[^/@:]*$/.test(pathname) ? pathname : '';
  return `postgres://${named === null ? places.join(',') : encodeURIComponent(named)}${name}`;
}
