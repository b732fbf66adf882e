import type { RequestHandler } from 'express';
import { foreignRequest, type ListenerNames } from '../../http/foreign-request.js';
import { readBytes } from '../../http/read-bytes.js';

/**
 * Refuses requests of foreign web pages, and reads bodies as bytes. One middleware does both, because each one costs time
 * in every request.
 */
export function admission(names: ListenerNames): RequestHandler {
  return (request, response, next) => {
    // Health checks call the listener by its address, and their responses reveal nothing.
    const error = request.url.startsWith('/health/') ? undefined : foreignRequest(request, names);
    if (error || request.method === 'GET') next(error);
    else readBytes(request, response, next);
  };
}
