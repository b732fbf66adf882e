import type { AddressInfo, Server } from 'node:net';
import { hostname } from 'node:os';
import type { RequestHandler } from 'express';
import { acceptedHosts } from '../../http/accepted-hosts.js';
import { foreignRequest, type Admitted } from '../../http/foreign-request.js';
import { readLater } from '../../http/read-bytes.js';
import type { Config } from '../config/config.js';

/** Who may call a listener, and from which pages. */
export interface Callers {
  /** The address of the listener, as the configuration has it. */
  host: string;
  /** Further names of the listener, each with or without a port. */
  names: readonly string[];
  /** The setting that adds a name. */
  setting: string;
  /** Paths of the pages that links on other sites may open. */
  pages: readonly string[];
  /** Returns whether a page of another site may call, by its origin. */
  acceptsOrigin: (origin: string) => boolean;
}

/** The middleware that admits requests to a listener, or rejects them. */
export type Admission = RequestHandler;

/** Returns the callers of the admin listener. */
export function adminCallers({ ADMIN_HOST, ADMIN_ALLOWED_HOSTS }: Config, pages: readonly string[]): Callers {
  return {
    host: ADMIN_HOST,
    names: ADMIN_ALLOWED_HOSTS,
    setting: 'ADMIN_ALLOWED_HOSTS',
    pages,
    acceptsOrigin: () => false,
  };
}

/**
 * Returns a middleware that rejects requests of foreign web pages, and has bodies read as bytes, after the guards. One middleware does both,
 * because each one costs time in every request.
 *
 * @param server a listener: the address that it is bound to, known with the first request, decides which Host it accepts
 */
export function admission(server: Server, { host, names, ...callers }: Callers): Admission {
  let admitted: Admitted | undefined;
  return (request, response, next) => {
    admitted ??= {
      ...callers,
      acceptsHost: acceptedHosts({
        address: (server.address() as AddressInfo | null)?.address ?? host,
        names: [host, ...names],
        machine: hostname(),
      }),
    };
    const error = foreignRequest(request, admitted);
    if (error || request.method === 'GET') next(error);
    else readLater(request, response, next);
  };
}
