import { lookup as systemLookup } from 'node:dns';
import { request, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { applyDecorators } from '@nestjs/common';
import { IsArray, IsInt, IsOptional, Matches, Max, Min, ValidateBy } from 'class-validator';
import { limitOf } from '../concurrency/limit.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { guardedLookup, isPublic, type OutboundLookup } from './public-address.js';

const MAX_TIMEOUT = 60_000;
const TIMEOUT = `must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT}`;

/**
 * Accepts a value of {@link OutboundOptions.allowedHosts}.
 *
 * @param notation how the list is written, as the end of the message. Default nothing
 */
export function HostList(notation = ''): PropertyDecorator {
  const message = `must be a list of hosts, each as host or host:port${notation}`;
  return applyDecorators(IsArray({ message }), Matches(/^[^\s/@]+$/, { each: true, message }));
}

/** Limits of requests that the registry itself sends. */
export class OutboundOptions {
  /** Hosts that may be fetched although their addresses are not public, each as `host` or `host:port`. Default none. */
  @HostList()
  allowedHosts: readonly string[] = [];

  /** Certificates, in PEM, of the authorities to trust instead of Node's. Default: those of Node. */
  @IsOptional()
  @Matches(/-----BEGIN CERTIFICATE-----/, { message: 'must contain PEM certificates' })
  certificateAuthorities?: string = undefined;

  /** Time limit for the whole response, in milliseconds, 1 to 60,000. Default 5,000. */
  @IsInt({ message: TIMEOUT })
  @Min(1, { message: TIMEOUT })
  @Max(MAX_TIMEOUT, { message: TIMEOUT })
  timeout = 5000;

  /** Resolves host names, as `dns.lookup` does. Default: the operating system's resolver. */
  @IsOptional()
  @ValidateBy(
    { name: 'isFunction', validator: { validate: (value) => typeof value === 'function' } },
    { message: 'must be a function' },
  )
  lookup?: OutboundLookup = undefined;
}

/** Largest body that is read, in bytes: 64 KiB. */
const MAX_BYTES = 64 * 1024;

/** Fetches of this process at one time, and how many more may wait for one of them to end. */
const MAX_FETCHES = 4;
const MAX_WAITING = 64;
const fetches = limitOf(MAX_FETCHES);

/**
 * Fetches a URL that an untrusted party chose: https only, no redirects, public addresses only, 64 KiB at most, and only a
 * few at one time.
 *
 * @returns the body of a 200 response as text
 * @throws Error whose message completes "could not be fetched: …"; it reveals nothing about the internal network
 * @throws OAuthError 503 when too many fetches are waiting already
 */
export async function guardedFetch(
  url: URL,
  { allowedHosts, certificateAuthorities, timeout, lookup }: OutboundOptions,
): Promise<string> {
  const allowed = allowedHosts.includes(url.host) || allowedHosts.includes(url.hostname);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:') throw new Error('it is not https');
  if (!allowed && isIP(literal) && !isPublic(literal)) throw new Error('its host has no public address');
  if (fetches.waiting >= MAX_WAITING)
    throw OAuthError.unavailable(new Error('Too many documents are to be fetched at one time.'));
  const resolve = lookup ?? systemLookup;
  return fetches(() =>
    bodyOf(url, {
      ca: certificateAuthorities,
      lookup: (allowed ? resolve : guardedLookup(resolve)) as NonNullable<RequestOptions['lookup']>,
      signal: AbortSignal.timeout(timeout),
    }),
  );
}

/** The body of a 200 response as text. */
function bodyOf(url: URL, options: RequestOptions): Promise<string> {
  return new Promise((done, fail) => {
    const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
    const call = request(url, { ...options, agent: false, headers });
    call.on('error', (error) => fail(new Error(reasonOf(error))));
    call.on('response', (response) => {
      if (response.statusCode !== 200) {
        call.destroy(new Error(`its answer was ${response.statusCode}, not 200`));
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', (error) => fail(new Error(reasonOf(error))));
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

/** Passes on the reasons given here. Those of sockets and resolvers are withheld: they would reveal what listens where. */
function reasonOf(error: Error & { code?: unknown }): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'it did not answer in time';
  return error.message.startsWith('its ') ? error.message : 'there was no usable answer';
}
