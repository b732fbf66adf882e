import type { IncomingMessage, Server } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CorsOptions, CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import { isLoopback } from '../../http/accepted-hosts.js';
import { EVERY_ORIGIN } from '../config/values/origins.js';

/** How long a browser may remember what a preflight allowed, in seconds. */
const REMEMBERED = 600;

/** Response headers that an allowed page may read beside those that every page may (Fetch §3.3.3). */
const READABLE = ['Location', 'ETag', 'WWW-Authenticate', 'Retry-After', 'X-Request-Id'];

const NOTHING: CorsOptions = { origin: false };

/** The web pages of other origins that may use a listener. */
export class AllowedOrigins {
  private readonly listed: ReadonlySet<string>;
  private readonly options: CorsOptions;

  /** @param origins see `Origins` */
  constructor(origins: readonly string[]) {
    this.listed = new Set(origins);
    this.options = {
      origin: this.listed.has(EVERY_ORIGIN) ? EVERY_ORIGIN : [...this.listed],
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      exposedHeaders: READABLE,
      maxAge: REMEMBERED,
    };
  }

  /** Whether a page of this origin may send requests. */
  has(origin: string): boolean {
    return this.listed.has(EVERY_ORIGIN) || this.listed.has(origin);
  }

  /** Returns what CORS (Fetch §3.3) allows the page that sent a request: nothing for an OPTIONS that is not a preflight, since no route has it. */
  corsOf({ method, headers }: IncomingMessage): CorsOptions {
    const { origin, 'access-control-request-method': asked } = headers;
    const isMeant = origin !== undefined && this.has(origin) && (method !== 'OPTIONS' || asked !== undefined);
    return isMeant ? this.options : NOTHING;
  }
}

/**
 * Returns the CORS options for the requests of one listener.
 *
 * @param allowedFor returns the origins allowed for a request; `undefined` for requests of other listeners
 */
export function corsFor(
  allowedFor: (request: IncomingMessage) => AllowedOrigins | undefined,
): CorsOptionsDelegate<IncomingMessage> {
  return (request, done) => done(null, allowedFor(request)?.corsOf(request) ?? NOTHING);
}

/** Returns the origins of the pages of a server that only this machine reaches; none for another server. */
export function localOrigins(server: Server): string[] {
  const { address, port } = server.address() as AddressInfo;
  if (!isLoopback(address)) return [];
  const scheme = server instanceof SecureServer ? 'https' : 'http';
  return ['127.0.0.1', 'localhost', '[::1]'].map((name) => new URL(`${scheme}://${name}:${port}`).origin);
}
