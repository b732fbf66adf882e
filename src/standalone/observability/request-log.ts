import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { routeOf } from '../../http/route-of.js';
import { LONGEST_ID, REQUEST_ID } from '../../oauth-error/request-id.js';
import type { Config } from '../config/config.js';
import { addressesIn } from '../config/proxies.js';
import type { PinoLogger } from './pino-logger.js';
import { requestLine, severityOf } from '../../clients/mount/request-line.js';

/** Whose requests may bring their own identifier where `ADMIN_TRUSTED_PROXIES` names nobody: a proxy on this machine. */
const THIS_MACHINE = ['127.0.0.0/8', '::1'];

/** A well-formed identifier of a request. */
const WELL_FORMED = new RegExp(String.raw`^[\w.:+=/-]{1,${LONGEST_ID}}$`);

/** Names each request that arrives, and writes one line when its answer or its connection has ended. */
export class RequestLog {
  private readonly isTrusted: (remote: string | undefined) => boolean;

  /** @param logger what writes the lines. Default: none are written */
  constructor(
    { ADMIN_TRUSTED_PROXIES }: Config,
    private readonly logger?: PinoLogger,
  ) {
    this.isTrusted = addressesIn(ADMIN_TRUSTED_PROXIES.length > 0 ? ADMIN_TRUSTED_PROXIES : THIS_MACHINE);
  }

  /** Names a request whose head has arrived, in its answer. */
  name(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader(REQUEST_ID, this.nameOf(request));
  }

  /**
   * Writes the line about a request whose answer or connection has ended.
   *
   * @param begun when its head arrived, by `performance.now()`
   */
  ended(request: IncomingMessage, response: ServerResponse, begun: number): void {
    const level = severityOf(routeOf(request), response.statusCode);
    if (this.logger?.writes(level)) this.logger.request(level, requestLine(request, response, begun));
  }

  /**
   * A request that Node refused before it was one.
   *
   * @param bytes length of the body of the answer
   * @returns what to call it in the answer
   */
  nameRefused(status: number, bytes: number): string {
    const id = randomUUID();
    if (this.logger?.writes('info')) this.logger.request('info', { request_id: id, status, bytes });
    return id;
  }

  private nameOf({ headers, socket }: IncomingMessage): string {
    const given = headers['x-request-id'];
    const isTaken = typeof given === 'string' && WELL_FORMED.test(given) && this.isTrusted(socket.remoteAddress);
    return isTaken ? given : randomUUID();
  }
}
