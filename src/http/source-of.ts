import { isIP } from 'node:net';

/** What Express and Fastify know of the caller of a request. */
interface Sourced {
  ip?: unknown;
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
  if (typeof ip !== 'string') return undefined;
  // Some proxies write the port, too.
  const [, bracketed, plain] = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(ip) ?? [];
  const address = bracketed ?? plain ?? ip;
  return isIP(address) === 0 ? undefined : address;
}
