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

/** How long a caller may go on sending after the response, in milliseconds. */
const LINGER = 2000;

/**
 * Ends a connection whose peer may still be sending: closes the writing side now, and the whole socket after two seconds. The
 * socket must be flowing, so that bytes that arrive until then are discarded.
 *
 * @param last last bytes to send. Default nothing
 */
export function endPatiently(socket: Socket, last = ''): void {
  socket.end(last);
  setTimeout(() => socket.destroy(), LINGER).unref();
}

/**
 * Lets a caller that is still sending a body read the response that ends the connection. Node closes the socket after the last
 * byte of such a response, and the operating system resets a connection that is closed with unread bytes, which can lose the
 * response. The connection ends when the caller ends it, or after two seconds; bytes that arrive until then are discarded.
 */
function linger(request: IncomingMessage): void {
  const { socket } = request;
  request.resume();
  // In HTTP/2, only the stream ends.
  if (request.httpVersionMajor > 1) return;
  socket.destroySoon = () => endPatiently(socket);
}

/** Whether the head of a request announces a body above {@link BODY_LIMIT}. */
export function announcesTooMuch({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length']) > BODY_LIMIT;
}

/** Whether the body is unread, uncompressed, and of an announced length. */
function isPlain({ headers, readable }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined && headers['content-encoding'] === undefined && readable;
}

/**
 * Reads a body that {@link isPlain}. Node delivers no more bytes than the head announces, so there is no size to check;
 * body-parser would take a tenth of the time of a whole request.
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
 * Reads a body as bytes, whatever its Content-Type. Rejects a body above {@link BODY_LIMIT} with 413 as soon as its excess is
 * known: from the head, or with the first byte above the limit. body-parser alone would read it to its end first.
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

/** Functions that read a postponed body, by request. */
const unread = new WeakMap<object, () => Promise<void>>();

/**
 * Leaves the body of a request unread until {@link bodyArrived} is called, so that a caller without permission is rejected
 * first. A body whose announced length is too large is rejected before, see {@link readBytes}. A body without an announced
 * length that is still arriving after the response ends the connection.
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
 * @returns `undefined` when there is no body to wait for
 * @throws OAuthError 413, and the error of a body that does not arrive
 */
export function bodyArrived(request: object): Promise<void> | undefined {
  const read = unread.get(request);
  unread.delete(request);
  return read?.();
}
