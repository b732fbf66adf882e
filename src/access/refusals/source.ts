import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { addressOf } from '../../http/source-of.js';

/** Whether an address is that of a trusted proxy. */
export type IsProxy = (address: string | undefined) => boolean;

/**
 * Returns where a request comes from: the address of the peer; if that is a proxy, the last address in `X-Forwarded-For` that is not a
 * proxy. The addresses before it are claims of the caller.
 *
 * @returns `undefined` when the connection is already closed, or has no address
 */
export function sourceOf({ headers, socket }: IncomingMessage, isProxy: IsProxy): string | undefined {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  let source = socket.remoteAddress;
  while (isProxy(source)) {
    const before = addressOf(forwarded.pop() ?? '');
    if (before === undefined) break;
    source = before;
  }
  return source;
}

/**
 * Returns the network that is counted as one source: an IPv4 address, or a /64 of IPv6, which one caller usually has; `undefined` for other text.
 *
 * @param bits prefix length for an IPv6 address; a /48 is what one customer of a provider may have. Default 64
 */
export function networkOf(source: string, bits: 48 | 64 = 64): string | undefined {
  if (isIPv4(source)) return source;
  if (!ipaddr.isValid(source)) return undefined;
  const address = ipaddr.process(source);
  const text = address.toNormalizedString();
  return address.kind() === 'ipv6'
    ? text
        .split(':')
        .slice(0, bits / 16)
        .join(':')
    : text;
}
