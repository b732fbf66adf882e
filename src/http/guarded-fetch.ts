import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { applyDecorators } from '@nestjs/common';
import { IsArray, IsInt, IsOptional, Matches, Max, Min, ValidateBy } from 'class-validator';
import ipaddr from 'ipaddr.js';

/**
 * Resolves a host name to all its addresses, as `dns.lookup` of `node:dns` does.
 *
 * @param hostname the host name
 * @param options as for `dns.lookup`
 * @param done called once: with an error, or with `null` and the addresses
 */
export type OutboundLookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

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

/** Largest body that is read, in bytes: 5 MiB. */
const MAX_BYTES = 5 * 1024 * 1024;

/** Is this a public address? Loopback, private, link-local, metadata and all other special ranges are not. */
function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

/** Resolves a name, and refuses it if any of its addresses is not public. The socket connects to an address checked here. */
function guardedLookup(resolve: OutboundLookup): OutboundLookup {
  return (hostname, options, done) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const refused = !error && !addresses.every(({ address }) => isPublic(address));
      done(refused ? new Error('its host has no public address') : error, addresses);
    });
}

/**
 * Fetches a URL that an untrusted party chose: https only, no redirects, public addresses only, 5 MiB at most.
 *
 * @returns the body of a 200 response as text
 * @throws Error whose message completes "could not be fetched: …"; it reveals nothing about the internal network
 */
export function guardedFetch(
  url: URL,
  { allowedHosts, certificateAuthorities, timeout, lookup }: OutboundOptions,
): Promise<string> {
  const allowed = allowedHosts.includes(url.host) || allowedHosts.includes(url.hostname);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:') return Promise.reject(new Error('it is not https'));
  if (!allowed && isIP(literal) && !isPublic(literal))
    return Promise.reject(new Error('its host has no public address'));
  const resolve = lookup ?? systemLookup;
  return new Promise((done, fail) => {
    const call = request(url, {
      agent: false,
      ca: certificateAuthorities,
      headers: { accept: 'application/json', 'accept-encoding': 'identity' },
      lookup: (allowed ? resolve : guardedLookup(resolve)) as NonNullable<Parameters<typeof request>[1]['lookup']>,
      signal: AbortSignal.timeout(timeout),
    });
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
        if (size > MAX_BYTES) call.destroy(new Error('its answer is larger than 5 MiB'));
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
