import { Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Remembered } from '../../jwt/remembered.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';

/** Shortest time between a failed fetch and the next one, in milliseconds. */
const RETRY_INTERVAL = 5000;

/** The public keys of an issuer of tokens, remembered for at most an hour. */
export class IssuerKeys {
  private readonly logger = new Logger(IssuerKeys.name);
  private readonly keys: Remembered<JWTVerifyGetKey>;

  /** @param fetchKeys fetches them; its error says why it could not, and is one line of the log */
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
   * The key that a token is to be verified with, as `jwtVerify` of jose asks for it. A token without `kid` has one only when a
   * single key fits its algorithm (OpenID Connect Core §10.1).
   *
   * @throws OAuthError 503 when the keys cannot be had now
   * @throws JOSEError when there is no such key
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

  /** Fetches the keys, unless that just failed. Whoever asks meanwhile waits for the same fetch. */
  refresh(): Promise<void> {
    return this.keys.refresh();
  }
}
