import type { IncomingMessage } from 'node:http';
import { withoutHost } from '../../http/request-target.js';
import type { Config } from '../config/config.js';
import { addressesIn, PUBLIC_PATH } from '../config/values/proxies.js';

/**
 * Makes a function that finds the path prefix by which callers know the listener, and which a proxy in front of it cuts off.
 *
 * @returns a function of a request: it returns a valid `X-Forwarded-Prefix` if the request comes from one of `ADMIN_TRUSTED_PROXIES`,
 * otherwise `ADMIN_PUBLIC_PATH`; empty when there is neither
 */
export function publicPaths({ ADMIN_PUBLIC_PATH: own, ADMIN_TRUSTED_PROXIES: proxies }: Config) {
  const isProxy = addressesIn(proxies);
  return ({ headers, socket }: IncomingMessage): string => {
    const prefix = headers['x-forwarded-prefix'];
    const isValid = typeof prefix === 'string' && PUBLIC_PATH.test(prefix);
    return isValid && isProxy(socket.remoteAddress) ? prefix : own;
  };
}

/** Makes Express, and all code that reads `originalUrl` or `baseUrl`, treat the service as mounted at `prefix`. */
export function mountAt(prefix: string, request: IncomingMessage): void {
  const target = withoutHost(request.url ?? '');
  Object.assign(request, { baseUrl: prefix, originalUrl: prefix + target });
}
