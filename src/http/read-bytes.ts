import type { IncomingMessage } from 'node:http';
import bodyParser from 'body-parser';

/** Largest request body that is read, in bytes: 1 MiB. */
export const BODY_LIMIT = 1024 * 1024;

/** A middleware of Express, typed without Express. */
export type Middleware = (request: IncomingMessage, response: unknown, next: (error?: unknown) => void) => void;

/** Reads a body as bytes, whatever its Content-Type; a body above {@link BODY_LIMIT} is an error with status 413. */
export const readBytes = bodyParser.raw({ type: () => true, limit: BODY_LIMIT }) as Middleware;
