import { isLoopback } from './accepted-hosts.js';

/**
 * Can what this URL answers be believed? With https, or with http on the machine itself. It has no user and no fragment.
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
