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

/** Which assertions clients authenticate with (RFC 7523 §3). */
export class AssertionOptions {
  /**
   * Issuer identifiers of the authorization servers that ask who a client is: the only audiences of assertions. Default none: then
   * `private_key_jwt` is refused.
   */
  @Issuers()
  issuers: readonly string[] = [];

  /** URLs of token endpoints that may be the audience of an assertion in place of the issuer. Default none. */
  @Endpoints()
  audienceEndpoints: readonly string[] = [];

  /** What fetching a `jwks_uri` may do. Default: the defaults of {@link OutboundOptions}, public addresses only. */
  outbound = new OutboundOptions();
}

/** What an application may decide about assertions, the members of {@link AssertionOptions}. */
export type AssertionModuleOptions = Partial<
  Omit<AssertionOptions, 'outbound'> & {
    /** What fetching a `jwks_uri` may do. */
    outbound: Partial<OutboundOptions>;
  }
>;
