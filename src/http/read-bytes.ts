import type { IncomingMessage } from 'node:http';
import bodyParser from 'body-parser';

/** Largest body that is read, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

/** A function of Express's chain, without Express. */
export type Middleware = (request: IncomingMessage, response: unknown, next: (error?: unknown) => void) => void;

/** Express: reads a body as bytes, under each Content-Type, up to 1 MiB; more is an error of status 413. */
export const readBytes = bodyParser.raw({ type: () => true, limit: BODY_LIMIT }) as Middleware;
