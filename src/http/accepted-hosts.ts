import { isIP, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The properties of a listener that decide which names it accepts. */
export interface ListenerNames {
  /** The IP address that the listener is bound to, not the configured text, which can be spelt in many ways. */
  address: string;
  /** Its names: host names and IP addresses, with or without a port. */
  names: readonly string[];
  /** The machine's own name. */
  machine: string;
}

/** Most accepted values that are cached. */
const MAX_REMEMBERED = 100;

/** Returns a host without its port, as the URL standard writes it; `undefined` when the text is not a host. */
function canonical(host: string): string | undefined {
  if (/[\s/?#@\\]/.test(host)) return undefined;
  try {
    return new URL(`http://${isIPv6(host) ? `[${host}]` : host}`).hostname.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}

/** Returns the range of an IP address (RFC 6890), such as `loopback`; `undefined` for a name. */
function rangeOf(host: string): string | undefined {
  const literal = host.replaceAll(/[[\]]/g, '');
  return isIP(literal) ? ipaddr.process(literal).range() : undefined;
}

/** Whether this is an IP address that only the machine itself can reach. */
export function isLoopback(address: string): boolean {
  return rangeOf(address) === 'loopback';
}

/**
 * Decides which values of `Host` a listener accepts: `localhost`, its names, and IP addresses. A listener on a loopback address
 * accepts only loopback addresses. Any other accepts every IP address, because DNS rebinding needs a name, and the machine's
 * own name, in full and up to its first dot.
 *
 * @returns a function that checks one value
 */
export function acceptedHosts({ address, names, machine }: ListenerNames): (host: string) => boolean {
  const isLocal = isLoopback(address);
  const machineNames = isLocal ? [] : [machine, machine.replace(/\..*/, '')];
  const own = new Set(['localhost', ...names, ...machineNames].map(canonical));
  const accepts = (name: string | undefined): boolean => {
    if (name === undefined) return false;
    const range = rangeOf(name);
    return own.has(name) || (isLocal ? range === 'loopback' : range !== undefined);
  };
  const remembered = new Set<string>();
  return (host) => {
    if (remembered.has(host)) return true;
    const isAccepted = accepts(canonical(host));
    if (isAccepted && remembered.size < MAX_REMEMBERED) remembered.add(host);
    return isAccepted;
  };
}
