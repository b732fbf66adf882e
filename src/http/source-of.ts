import { isIP } from 'node:net';

/** What Express and Fastify know of the caller of a request. */
interface Sourced {
  ip?: unknown;
}

/**
 * The IP address that a proxy has written, which some do with the port of the connection.
 *
 * @returns `undefined` for what is no address
 */
export function addressOf(written: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(written.trim()) ?? [];
  const address = bracketed ?? plain ?? written.trim();
  return isIP(address) === 0 ? undefined : address;
}

/**
 * The IP address of who sent a request, as the application tells it: by `trust proxy` of Express, or `trustProxy` of Fastify, it may be what a
 * proxy wrote into `X-Forwarded-For`.
 *
 * @param request of Express or Fastify
 * @returns `undefined` when what is known is no address
 */
export function sourceOf(request: object): string | undefined {
  const { ip } = request as Sourced;
  return typeof ip === 'string' ? addressOf(ip) : undefined;
}
