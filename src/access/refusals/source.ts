import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { addressOf } from '../../http/source-of.js';

/** Is this the address of a proxy that is believed? */
export type IsProxy = (address: string | undefined) => boolean;

/**
 * Where a request comes from: the address of the peer; where that is a proxy, the last address in `X-Forwarded-For` that is not one of a
 * proxy. What stands before it is what the caller says.
 *
 * @returns `undefined` when the connection is closed already, or has no address
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
 * Who is counted as one: an address of IPv4, or a /64 of IPv6, which one caller usually has; `undefined` for what is no address.
 *
 * @param bits of an address of IPv6, a multiple of 16: the prefix of 48 is what one customer of a provider may have. Default 64
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
