import { isIP } from 'node:net';
import { applyDecorators } from '@nestjs/common';
import { Matches, ValidateBy } from 'class-validator';
import ipaddr from 'ipaddr.js';
import { List } from './variables.js';

/** A prefix of paths. It goes into redirects and pages, so it has plain segments only, none of them `.` or `..`. */
export const PUBLIC_PATH = /^(?!.*\/\.{1,2}(\/|$))(\/[A-Za-z0-9._~-]+)+$/;

/** Accepts a prefix of paths, or nothing. */
export function PublicPath(): PropertyDecorator {
  return Matches(new RegExp(`^$|${PUBLIC_PATH.source}`), {
    message: 'must be a path such as /registry, of letters, digits, -, ., _ and ~, without a slash at its end',
  });
}

/**
 * Parses a range of addresses.
 *
 * @param text an address, or a range in CIDR notation
 * @throws Error when it is neither
 */
function rangeOf(text: string): ReturnType<typeof ipaddr.parseCIDR> {
  const [address = ''] = text.split('/');
  const family = isIP(address);
  if (family === 0) throw new Error('not an address');
  return ipaddr.parseCIDR(text === address ? `${address}/${family === 4 ? 32 : 128}` : text);
}

function isRange(text: unknown): boolean {
  try {
    rangeOf(String(text));
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes a function that decides whether the address of a peer is in one of the ranges.
 *
 * @param texts addresses and ranges, see {@link rangeOf}
 */
export function addressesIn(texts: readonly string[]): (remote: string | undefined) => boolean {
  const ranges = texts.map(rangeOf);
  return (remote = '') => {
    if (isIP(remote) === 0) return false;
    const address = ipaddr.process(remote);
    return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
  };
}

/** Reads a list of addresses and ranges, see {@link rangeOf}. */
export function AddressRanges(): PropertyDecorator {
  return applyDecorators(
    List(),
    ValidateBy(
      { name: 'addressRanges', validator: { validate: isRange } },
      { each: true, message: 'must be addresses or ranges such as 10.0.0.0/8, separated by commas' },
    ),
  );
}
