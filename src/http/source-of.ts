import { isIP } from 'node:net';

/** The part of a request of Express or Fastify that holds the address of its caller. */
interface Sourced {
  ip?: unknown;
}

/**
 * Returns the IP address that a proxy has written; some proxies append the port of the connection.
 *
 * @returns `undefined` when the text is not an IP address
 */
export function addressOf(written: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(written.trim()) ?? [];
  const address = bracketed ?? plain ?? written.trim();
  return isIP(address) === 0 ? undefined : address;
}

/**
 * Returns the IP address of the caller as the application reports it: with `trust proxy` of Express, or `trustProxy` of Fastify, it may come from
 * the header `X-Forwarded-For` of a proxy.
 *
 * @param request of Express or Fastify
 * @returns `undefined` when the application reports no IP address
 */
export function sourceOf(request: object): string | undefined {
  const { ip } = request as Sourced;
  return typeof ip === 'string' ? addressOf(ip) : undefined;
}
