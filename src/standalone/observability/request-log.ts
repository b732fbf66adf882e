import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LONGEST_ID, REQUEST_ID } from '../../oauth-error/request-id.js';
import { addressesIn } from '../config/values/proxies.js';
import type { PinoLogger } from './pino-logger.js';
import { requestLine, severityOf, type EndedRequest } from '../../clients/mount/request-line.js';

/** Addresses whose requests may bring their own id where the configuration names no trusted proxies: a proxy on this machine. */
const THIS_MACHINE = ['127.0.0.0/8', '::1'];

/** A well-formed request id. */
const WELL_FORMED = new RegExp(String.raw`^[\w.:+=/-]{1,${LONGEST_ID}}$`);

/**
 * Makes a function that decides by the remote address whether a request may bring its own id.
 *
 * @param proxies addresses and ranges of the proxies that a listener trusts
 */
export function namersAmong(proxies: readonly string[]): (remote: string | undefined) => boolean {
  return addressesIn(proxies.length > 0 ? proxies : THIS_MACHINE);
}

/** Gives each request that arrives an id, and writes one line when its answer or its connection has ended. */
export class RequestLog {
  /** @param logger writes the lines. Default: no lines are written */
  constructor(private readonly logger?: PinoLogger) {}

  /**
   * Sets the id of a request whose head has arrived, as a header of its answer.
   *
   * @param mayName see {@link namersAmong}
   */
  name(request: IncomingMessage, response: ServerResponse, mayName: (remote: string | undefined) => boolean): void {
    const given = request.headers['x-request-id'];
    const isTaken = typeof given === 'string' && WELL_FORMED.test(given) && mayName(request.socket.remoteAddress);
    response.setHeader(REQUEST_ID, isTaken ? given : randomUUID());
  }

  /** Writes the line about a request that has ended. */
  ended(ended: EndedRequest): void {
    const level = severityOf(ended);
    if (this.logger?.writes(level)) this.logger.request(level, requestLine(ended));
  }

  /**
   * Gives a request that Node rejected before any handler ran an id, and writes its line.
   *
   * @param bytes length of the body of the answer
   * @returns the request id for the answer
   */
  nameRefused(status: number, bytes: number): string {
    const id = randomUUID();
    if (this.logger?.writes('info')) this.logger.request('info', { request_id: id, status, bytes });
    return id;
  }
}
