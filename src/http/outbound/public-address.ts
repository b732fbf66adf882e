import type { LookupAddress, LookupOptions } from 'node:dns';
import ipaddr from 'ipaddr.js';

/**
 * Resolves a host name to all its addresses, as `dns.lookup` of `node:dns` does.
 *
 * @param hostname the host name
 * @param options as for `dns.lookup`
 * @param done called once: with an error, or with `null` and the addresses
 */
export type OutboundLookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/** The only IPv6 addresses that IANA has allocated for public use; it reserves the other seven eighths (RFC 4291 §2.4). */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is public. Loopback, private, link-local, metadata and all other ranges of the special-purpose registries
 * (RFC 6890) are not, nor is an IPv6 address outside 2000::/3.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4-mapped address (::ffff:0:0/96) is judged as the IPv4 address that a socket connects to.
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(PUBLIC_IPV6));
}

/** Wraps a resolver so that it rejects a name if any of its addresses is not public. The socket connects to a checked address. */
export function guardedLookup(resolve: OutboundLookup): OutboundLookup {
  return (hostname, options, done) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const refused = !error && !addresses.every(({ address }) => isPublic(address));
      done(refused ? new Error('its host has no public address') : error, addresses);
    });
}
