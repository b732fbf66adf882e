import { lookup as systemLookup } from 'node:dns';
import type { RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { applyDecorators } from '@nestjs/common';
import { IsArray, IsInt, IsOptional, Matches, Max, Min, ValidateBy } from 'class-validator';
import { boundedGet } from './bounded-get.js';
import { inTurnOfHost } from './host-turns.js';
import { guardedLookup, isPublic, type OutboundLookup } from './public-address.js';

const MAX_TIMEOUT = 60_000;
const TIMEOUT = `must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT}`;

/**
 * Validates a value of {@link OutboundOptions.allowedHosts}.
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

  /** Certificates, in PEM, of the authorities to trust in place of Node's. Default: Node's. */
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

/**
 * Fetches a URL that an untrusted party chose: https only, no redirects, public addresses only, at most 64 KiB, and few
 * concurrent requests to one host.
 *
 * @returns the body of a 200 response as text
 * @throws Error whose message completes "could not be fetched: …"; it reveals nothing about the internal network
 * @throws OAuthError 503 when too many fetches from the host are already waiting
 */
export async function guardedFetch(url: URL, outbound: OutboundOptions): Promise<string> {
  requireGuarded(url, outbound);
  return inTurnOfHost(url.host, () =>
    boundedGet(url, guardedOptions(url, outbound)).catch((error: Error) => {
      throw withheld(error);
    }),
  );
}

function isAllowed(url: URL, { allowedHosts }: OutboundOptions): boolean {
  return allowedHosts.includes(url.host) || allowedHosts.includes(url.hostname);
}

/**
 * Checks a URL without resolving its host.
 *
 * @throws Error unless it is https, with a host that is a name, a public address or allowed; the message is the end of a sentence
 */
export function requireGuarded(url: URL, outbound: OutboundOptions): void {
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:') throw new Error('it is not https');
  if (!isAllowed(url, outbound) && isIP(literal) && !isPublic(literal))
    throw new Error('its host has no public address');
}

/** Returns options for a request that connects only to public addresses, except to allowed hosts; its time limit begins now. */
export function guardedOptions(url: URL, outbound: OutboundOptions): RequestOptions {
  const { certificateAuthorities, timeout, lookup: resolve = systemLookup } = outbound;
  return {
    ca: certificateAuthorities,
    lookup: (isAllowed(url, outbound) ? resolve : guardedLookup(resolve)) as NonNullable<RequestOptions['lookup']>,
    signal: AbortSignal.timeout(timeout),
  };
}

/** Keeps the registry's own reasons, which begin with `it`. Replaces those of sockets and resolvers: they would reveal what listens where. */
export function withheld({ message }: Error): Error {
  return new Error(/^its? /.test(message) ? message : 'there was no usable answer');
}
