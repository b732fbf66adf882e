import { Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { HttpRequest } from '../../access/principal-of.js';
import {
  endedRequest,
  rawAnswerOf,
  requestLine,
  severityOf,
  type EndedRequest,
  type HttpAnswer,
} from './request-line.js';

/** The methods of Nest's logger, by severity. */
const METHODS = { debug: 'debug', info: 'log', warn: 'warn', error: 'error' } as const;

/**
 * Lets every request pass, and writes one line about it to the application's logger once its answer or its connection has ended. It runs
 * before the other guards of a route, so that requests which they reject are logged, too.
 */
export class RequestLogGuard implements CanActivate {
  private readonly logger = new Logger('ClientRegistry');

  /** @param context the context of a request on Express or Fastify */
  canActivate(context: ExecutionContext): true {
    const begun = performance.now();
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const answer = http.getResponse<HttpAnswer>();
    rawAnswerOf(answer).once('close', () => this.write(endedRequest(request, answer, begun)));
    return true;
  }

  /** Writes text, which every logger writes as one line. Values are JSON, so none of them can break the line. */
  private write(ended: EndedRequest): void {
    const level = METHODS[severityOf(ended)];
    const members = Object.entries(requestLine(ended)).filter(([, value]) => value !== undefined);
    this.logger[level](['request', ...members.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' '));
  }
}
