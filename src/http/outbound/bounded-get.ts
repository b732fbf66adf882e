import { request as requestPlain } from 'node:http';
import { request as requestSecure, type RequestOptions } from 'node:https';
import type { Span } from '@opentelemetry/api';
import { noteAnswer, tracedCall } from './call-span.js';

/** Largest body that is read, in bytes: 64 KiB. */
const MAX_BYTES = 64 * 1024;

/**
 * Fetches a document by http or https. Follows no redirect and reads at most 64 KiB; `options.signal` limits the time.
 *
 * @returns the body of a 200 response as text
 * @throws Error whose message completes "could not be fetched: …". It begins with `it` when the response is at fault; otherwise
 *   it comes from the socket or the resolver, and may reveal what listens where
 */
export function boundedGet(url: URL, options: RequestOptions): Promise<string> {
  return tracedCall('GET', url, (span) => get(url, options, span));
}

function get(url: URL, options: RequestOptions, span?: Span): Promise<string> {
  return new Promise((done, fail) => {
    const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
    const send = url.protocol === 'https:' ? requestSecure : requestPlain;
    const call = send(url, { ...options, agent: false, headers });
    const failWith = (error: Error): void => fail(orLate(error));
    call.on('error', failWith);
    call.on('response', (response) => {
      noteAnswer(span, response.statusCode ?? 0);
      if (response.statusCode !== 200) {
        call.destroy(new Error(`its answer was ${response.statusCode}, not 200`));
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', failWith);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BYTES) call.destroy(new Error('its answer is larger than 64 KiB'));
        else chunks.push(chunk);
      });
      response.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
    });
    call.end();
  });
}

/** Returns the error of a request, or one that says so if the time limit has passed. */
export function orLate(error: Error): Error {
  const isLate = error.name === 'AbortError' || error.name === 'TimeoutError';
  return isLate ? new Error('it did not answer in time', { cause: error }) : error;
}
