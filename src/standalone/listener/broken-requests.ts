import { maxHeaderSize, STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { endPatiently } from '../../http/read-bytes.js';
import { ANSWER_HEADERS } from '../../oauth-error/answer-headers.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { REQUEST_ID } from '../../oauth-error/request-id.js';
import type { Connections } from './connections.js';

const HEAD_TOO_LARGE = new OAuthError(
  431,
  'invalid_request',
  `The head of the request is too large: send at most ${maxHeaderSize / 1024} KiB.`,
);
const TOO_SLOW = new OAuthError(408, 'invalid_request', 'The request did not arrive in time. Send it again.');
const MALFORMED = OAuthError.invalidRequest('The request is not well-formed HTTP/1.1.');
const UNKNOWN_EXPECTATION = new OAuthError(
  417,
  'invalid_request',
  'The only expectation that the service knows is 100-continue.',
);

/** The answers to errors of Node's parser, by their codes. */
const ERRORS: Record<string, OAuthError> = {
  HPE_HEADER_OVERFLOW: HEAD_TOO_LARGE,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: OAuthError.tooLarge(),
  ERR_HTTP_REQUEST_TIMEOUT: TOO_SLOW,
};

/**
 * Called for each request that Node rejects.
 *
 * @param bytes length of the body of the answer
 * @returns the request id for the answer
 */
export type Refused = (status: number, bytes: number) => string;

/** Answers requests that Node rejects, which never reach a route, in the envelope of all errors. */
export function answerBrokenRequests(server: Server, connections: Connections, refused: Refused): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const pending = connections.pending(socket);
    // The answer to an earlier request, or the start of the answer to this one, is on its way: the caller would mistake another for it.
    if (pending && (pending.req.complete || pending.headersSent)) connections.endAfter(socket, pending);
    else if (socket.writable) refuse(socket, ERRORS[error.code ?? ''] ?? MALFORMED, refused);
    else socket.destroy();
  });
  server.on('checkExpectation', ({ socket }) => {
    const pending = connections.pending(socket);
    if (pending) connections.endAfter(socket, pending);
    else refuse(socket, UNKNOWN_EXPECTATION, refused);
  });
}

/** Sends an error on a connection, and closes it. Data that still arrives is discarded. */
function refuse(socket: Socket, error: OAuthError, refused: Refused): void {
  const body = JSON.stringify(error.getResponse());
  const bytes = Buffer.byteLength(body);
  const head = [
    `HTTP/1.1 ${error.getStatus()} ${STATUS_CODES[error.getStatus()]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${bytes}`,
    `${REQUEST_ID}: ${refused(error.getStatus(), bytes)}`,
    ...Object.entries(ANSWER_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  socket.removeAllListeners('data').on('data', () => undefined);
  endPatiently(socket, `${head.join('\r\n')}\r\n\r\n${body}`);
}
