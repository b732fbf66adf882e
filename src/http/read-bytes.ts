import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import bodyParser from 'body-parser';
import { OAuthError } from '../oauth-error/oauth-error.js';

/** Largest request body that is read, in bytes: 1 MiB. */
export const BODY_LIMIT = 1024 * 1024;

/** A middleware of Express, typed without Express. */
export type Middleware = (request: IncomingMessage, response: unknown, next: (error?: unknown) => void) => void;

const parse = bodyParser.raw({ type: () => true, limit: BODY_LIMIT }) as Middleware;

/** How long a caller may go on sending after the answer, in milliseconds. */
const LINGER = 2000;

/**
 * Ends a connection whose caller may still be sending; it is cut after two seconds. The caller of this function lets the
 * socket flow, so that what arrives until then is thrown away.
 *
 * @param last what to send before. Default nothing
 */
export function endPatiently(socket: Socket, last = ''): void {
  socket.end(last);
  setTimeout(() => socket.destroy(), LINGER).unref();
}

/**
 * Lets a caller that still sends a body read the answer that ends the connection. Node closes the socket with the last byte
 * of such an answer, and a system resets a connection that is closed with unread bytes, which can cost the answer. The
 * connection ends when the caller ends it, or after two seconds; what arrives until then is thrown away.
 */
function linger(request: IncomingMessage): void {
  const { socket } = request;
  request.resume();
  // HTTP/2 ends the stream alone.
  if (request.httpVersionMajor > 1) return;
  socket.destroySoon = () => endPatiently(socket);
}

/** Does the head of a request announce a body above {@link BODY_LIMIT}? */
export function announcesTooMuch({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length']) > BODY_LIMIT;
}

/** Is the body unread, of an announced length, and not compressed? */
function isPlain({ headers, readable }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined && headers['content-encoding'] === undefined && readable;
}

/**
 * Reads a body that {@link isPlain}. Node sees to it that no more arrives than its head announces, so there is nothing to
 * check: body-parser would take a tenth of the time of a whole request.
 */
function collect(request: IncomingMessage & { body?: unknown }, next: (error?: unknown) => void): void {
  const pieces: Buffer[] = [];
  request
    .on('data', (piece: Buffer) => pieces.push(piece))
    .on('end', () => {
      request.body = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
      next();
    })
    .on('error', () => next(OAuthError.invalidRequest('The body did not arrive whole.')));
}

/**
 * Reads a body as bytes, whatever its Content-Type. A body above {@link BODY_LIMIT} is an error with status 413 as soon as
 * its length is known: with the head, or with the byte that is too many. body-parser alone would read it to its end first.
 */
export const readBytes: Middleware = (request, response, next) => {
  let isRefused = false;
  const refuse = (): void => {
    isRefused = true;
    linger(request);
    next(OAuthError.tooLarge());
  };
  if (announcesTooMuch(request)) {
    refuse();
    return;
  }
  if (isPlain(request)) {
    collect(request, next);
    return;
  }
  let received = 0;
  const count = ({ length }: Buffer): void => {
    received += length;
    if (received > BODY_LIMIT && !isRefused) refuse();
  };
  // A caller that announces a length sends at most that much.
  if (request.headers['content-length'] === undefined) request.on('data', count);
  parse(request, response, (error) => {
    if (!isRefused) next(error);
  });
};

/** Requests whose bodies wait until somebody wants them. */
const unread = new WeakMap<object, () => Promise<void>>();

/**
 * Leaves the body of a request unread until {@link bodyArrived} is called: whoever may not do what the request asks is refused
 * before. A body that is announced to be too large is an error at once, see {@link readBytes}. A body without an announced
 * length that still arrives after the answer ends the connection.
 */
export const readLater: Middleware = (request, response, next) => {
  if (announcesTooMuch(request)) {
    readBytes(request, response, next);
    return;
  }
  if (request.headers['transfer-encoding'] !== undefined)
    (response as EventEmitter).once('finish', () => {
      if (!request.complete) endPatiently(request.socket);
    });
  unread.set(
    request,
    () =>
      new Promise((resolve, reject) => {
        readBytes(request, response, (error) => (error ? reject(error) : resolve()));
      }),
  );
  next();
};

/**
 * Reads the body of a request that {@link readLater} left unread.
 *
 * @returns `undefined` when there is nothing to wait for
 * @throws OAuthError 413, and the error of a body that does not arrive
 */
export function bodyArrived(request: object): Promise<void> | undefined {
  const read = unread.get(request);
  unread.delete(request);
  return read?.();
}
