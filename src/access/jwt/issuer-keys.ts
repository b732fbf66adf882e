import { Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Remembered } from '../../jwt/remembered.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';

/** Shortest time between a failed fetch and the next one, in milliseconds. */
const RETRY_INTERVAL = 5000;

/** The public keys of a token issuer, cached for at most an hour. */
export class IssuerKeys {
  private readonly logger = new Logger(IssuerKeys.name);
  private readonly keys: Remembered<JWTVerifyGetKey>;

  /** @param fetchKeys fetches the keys; the message of its error is logged as one line */
  constructor(fetchKeys: () => Promise<JSONWebKeySet>) {
    this.keys = new Remembered(async () => {
      try {
        return createLocalJWKSet(await fetchKeys());
      } catch (error) {
        this.logger.warn(`The keys that tokens are verified with are not to be had: ${(error as Error).message}`);
        throw error;
      }
    }, RETRY_INTERVAL);
  }

  /**
   * Returns the key that verifies a token's signature, in the form of jose's `jwtVerify`. A token without `kid` has such a key only
   * when a single key fits its algorithm (OpenID Connect Core §10.1).
   *
   * @throws OAuthError 503 when the keys cannot be fetched now
   * @throws JOSEError when no key fits
   */
  readonly keyFor: JWTVerifyGetKey = async (head, token) => {
    const keys = await this.keys.get();
    if (!keys) throw OAuthError.unavailable();
    try {
      return await keys(head, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const renewed = await this.keys.renewed();
      if (!renewed || this.keys.problem) throw OAuthError.unavailable();
      return renewed(head, token);
    }
  };

  /** Fetches the keys, unless a fetch has just failed. Concurrent callers wait for the same fetch. */
  refresh(): Promise<void> {
    return this.keys.refresh();
  }
}
