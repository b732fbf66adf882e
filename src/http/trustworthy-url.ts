import { isLoopback } from './accepted-hosts.js';

/**
 * Whether the response from this URL can be trusted: it uses https, or http to this machine itself, and has neither user information nor a fragment.
 *
 * @param text any text
 */
export function isTrustworthyUrl(text: string): boolean {
  try {
    const { protocol, hostname, username, password, hash } = new URL(text);
    const isLocal = hostname === 'localhost' || isLoopback(hostname);
    return (protocol === 'https:' || (protocol === 'http:' && isLocal)) && username + password + hash === '';
  } catch {
    return false;
  }
}
