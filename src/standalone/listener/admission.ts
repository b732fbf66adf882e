import type { AddressInfo, Server } from 'node:net';
import { hostname } from 'node:os';
import type { RequestHandler } from 'express';
import { acceptedHosts } from '../../http/accepted-hosts.js';
import { foreignRequest, type Admitted } from '../../http/foreign-request.js';
import { readLater } from '../../http/read-bytes.js';
import type { Config } from '../config/config.js';

/**
 * Refuses requests of foreign web pages, and sees to it that bodies are read as bytes, after the guards. One middleware does
 * both, because each one costs time in every request.
 *
 * @param server a listener: the address that it is bound to, known with the first request, decides which Host it accepts
 * @param host what the configuration calls that address
 * @param pages paths of the pages that links on other sites may lead to
 */
export function admission(
  server: Server,
  host: string,
  { ADMIN_ALLOWED_HOSTS }: Config,
  pages: readonly string[],
): RequestHandler {
  const names = [host, ...ADMIN_ALLOWED_HOSTS];
  let admitted: Admitted | undefined;
  return (request, response, next) => {
    admitted ??= {
      acceptsHost: acceptedHosts({
        address: (server.address() as AddressInfo | null)?.address ?? host,
        names,
        machine: hostname(),
      }),
      pages,
    };
    const error = foreignRequest(request, admitted);
    if (error || request.method === 'GET') next(error);
    else readLater(request, response, next);
  };
}
