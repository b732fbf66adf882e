import { request, type RequestOptions } from 'node:https';
import type { Span } from '@opentelemetry/api';
import { orLate } from './bounded-get.js';
import { noteAnswer, tracedCall } from './call-span.js';
import { guardedOptions, requireGuarded, withheld, type OutboundOptions } from './guarded-fetch.js';

/**
 * Posts JSON to a URL that an untrusted party chose: https only, no redirects, public addresses only. Reads only the head of the response.
 *
 * @param json the body
 * @param headers headers in addition to those of the body
 * @returns the status of the response
 * @throws Error whose message says why there is no response, as the end of a sentence; it reveals nothing about the internal network
 */
export async function guardedPost(
  url: URL,
  json: string,
  headers: Readonly<Record<string, string>>,
  outbound: OutboundOptions,
): Promise<number> {
  requireGuarded(url, outbound);
  const own = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
  const options = { ...guardedOptions(url, outbound), agent: false, method: 'POST', headers: { ...headers, ...own } };
  return tracedCall('POST', url, (span) => post(url, json, options, span));
}

function post(url: URL, json: string, options: RequestOptions, span?: Span): Promise<number> {
  return new Promise((done, fail) => {
    const call = request(url, options);
    call.on('error', (error) => fail(withheld(orLate(error))));
    call.on('response', ({ statusCode = 0 }) => {
      noteAnswer(span, statusCode);
      done(statusCode);
      call.destroy();
    });
    call.end(json);
  });
}
