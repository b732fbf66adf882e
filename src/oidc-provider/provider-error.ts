import { OAuthError } from '../oauth-error/oauth-error.js';
import type { ProviderRequest } from './provider-types.js';

/** An error that the provider answers as it stands. */
export class ProviderError extends Error {
  /** Whether the caller sees it. */
  readonly expose = true;
  /** Whether it may be sent to a redirect URI. */
  readonly allow_redirect: boolean;

  /**
   * @param statusCode status of the answer
   * @param error code of the answer, which the provider takes from `message`
   * @param error_description a sentence for people
   */
  constructor(
    readonly statusCode: number,
    readonly error: string,
    readonly error_description: string,
  ) {
    super(error);
    this.allow_redirect = error !== 'invalid_client';
  }
}

/** 400 `invalid_scope` (RFC 6749 §5.2): a client asks for a scope that it has not registered. */
export function scopeNotRegistered(scope: string): ProviderError {
  return new ProviderError(400, 'invalid_scope', `The client must not ask for the scope ${scope}.`);
}

/** 400 `invalid_target` (RFC 8707 §2): a client asks for a token for an audience that it has not registered. */
export function audienceNotRegistered(): ProviderError {
  return new ProviderError(400, 'invalid_target', 'The client must not ask for tokens for this resource.');
}

/**
 * What the provider throws for an error of the registry. Its headers go into the answer.
 *
 * @param request that is answered. Default none is
 */
export function providerError(error: unknown, request?: ProviderRequest): unknown {
  if (!(error instanceof OAuthError)) return error;
  request?.set(error.headers);
  return new ProviderError(error.getStatus(), error.code, error.message);
}
