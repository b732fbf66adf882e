import { applyDecorators } from '@nestjs/common';
import { IsArray, Matches } from 'class-validator';
import { OutboundOptions } from '../../http/outbound/guarded-fetch.js';

function UrlList(pattern: RegExp, message: string): PropertyDecorator {
  return applyDecorators(IsArray({ message }), Matches(pattern, { each: true, message }));
}

/**
 * Accepts a value of {@link AssertionOptions.issuers}.
 *
 * @param notation how the list is written, as the end of the message. Default nothing
 */
export function Issuers(notation = ''): PropertyDecorator {
  return UrlList(
    /^https?:\/\/[^\s/?#]+[^\s?#]*$/,
    `must be a list of http or https URLs without a query or a fragment${notation}`,
  );
}

/**
 * Accepts a value of {@link AssertionOptions.audienceEndpoints}.
 *
 * @param notation how the list is written, as the end of the message. Default nothing
 */
export function Endpoints(notation = ''): PropertyDecorator {
  return UrlList(/^https?:\/\/[^\s/?#]+[^\s#]*$/, `must be a list of http or https URLs without a fragment${notation}`);
}

/** Which assertions authenticate clients (RFC 7523 §3). */
export class AssertionOptions {
  /**
   * Issuer identifiers of the authorization servers that have clients authenticated: apart from {@link audienceEndpoints}, the only audiences
   * of assertions. Default none: `private_key_jwt` is then rejected.
   */
  @Issuers()
  issuers: readonly string[] = [];

  /** URLs of token endpoints that may be the audience of an assertion in place of the issuer. Default none. */
  @Endpoints()
  audienceEndpoints: readonly string[] = [];

  /** Limits of fetching a `jwks_uri`. Default: the defaults of {@link OutboundOptions}, public addresses only. */
  outbound = new OutboundOptions();
}

/** Options of assertions that an application can set, as members of {@link AssertionOptions}. */
export type AssertionModuleOptions = Partial<
  Omit<AssertionOptions, 'outbound'> & {
    /** Limits of fetching a `jwks_uri`. */
    outbound: Partial<OutboundOptions>;
  }
>;
