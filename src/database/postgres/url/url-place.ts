import { readUrlHosts } from './url-hosts.js';

/**
 * Returns the place of the database of a `postgres://` URL, for people: hosts, ports and name, without the user, the password and
 * the parameters.
 *
 * @throws Error that says what is wrong with the URL, without repeating parts that may be secret
 */
export function placeOfPostgres(url: string): string {
  const { url: address, hosts } = readUrlHosts(url);
  const { pathname, searchParams } = new URL(address);
  const named = searchParams.get('host');
  const places = hosts.map(
    ({ host, port }) => `${host.includes(':') ? `[${host}]` : encodeURIComponent(host)}:${port}`,
  );
  // The path contains part of a password if a special character of the password is not escaped.
  const name = /^\/[^/@:]*$/.test(pathname) ? pathname : '';
  return `postgres://${named === null ? places.join(',') : encodeURIComponent(named)}${name}`;
}
