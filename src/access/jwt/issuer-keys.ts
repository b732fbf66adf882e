import { Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { OAuthError } from '../../oauth-error/oauth-error.js';

/** From this age on keys are fetched anew, while they go on being used, in milliseconds: 10 minutes. */
const FRESH = 600_000;
/** From this age on keys are not used, so that a withdrawn key ends even when its issuer cannot be reached, in milliseconds: an hour. */
const MAX_AGE = 3_600_000;
/** Shortest time between two fetches for keys that are not among those known, in milliseconds: anybody can ask for such keys. */
const UNKNOWN_INTERVAL = 30_000;
/** Shortest time between a failed fetch and the next one, in milliseconds. */
const RETRY_INTERVAL = 5000;

/** The public keys of an issuer of tokens, remembered for at most an hour. */
export class IssuerKeys {
  private readonly logger = new Logger(IssuerKeys.name);
  private keys?: JWTVerifyGetKey;
  /** When the keys arrived, and when the latest fetch ended, in milliseconds since the epoch. */
  private arrived = -Infinity;
  private tried = -Infinity;
  private hasFailed = false;
  private pending?: Promise<void>;

  /** @param fetchKeys fetches them; its error says why it could not */
  constructor(private readonly fetchKeys: () => Promise<JSONWebKeySet>) {}

  /**
   * The key that a token is to be verified with, as `jwtVerify` of jose asks for it. A token without `kid` has one only when a
   * single key fits its algorithm (OpenID Connect Core §10.1).
   *
   * @throws OAuthError 503 when the keys cannot be had now
   * @throws JOSEError when there is no such key
   */
  readonly keyFor: JWTVerifyGetKey = async (head, token) => {
    const age = Date.now() - this.arrived;
    if (age >= MAX_AGE) await this.refresh();
    else if (age >= FRESH) void this.refresh();
    try {
      return await this.usable()(head, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.refresh(UNKNOWN_INTERVAL);
      if (this.hasFailed) throw OAuthError.unavailable();
      return this.usable()(head, token);
    }
  };

  /**
   * Fetches the keys, unless that was just tried. Whoever asks meanwhile waits for the same fetch. A failure is one line of the log.
   *
   * @param interval shortest time since the latest fetch, in milliseconds. Default none, after a failure five seconds
   */
  refresh(interval = 0): Promise<void> {
    if (this.pending) return this.pending;
    if (Date.now() - this.tried < (this.hasFailed ? RETRY_INTERVAL : interval)) return Promise.resolve();
    this.pending = this.fetchNow().finally(() => {
      this.tried = Date.now();
      this.pending = undefined;
    });
    return this.pending;
  }

  private async fetchNow(): Promise<void> {
    try {
      this.keys = createLocalJWKSet(await this.fetchKeys());
      this.arrived = Date.now();
      this.hasFailed = false;
    } catch (error) {
      this.hasFailed = true;
      this.logger.warn(`The keys that tokens are verified with are not to be had: ${(error as Error).message}`);
    }
  }

  private usable(): JWTVerifyGetKey {
    if (!this.keys || Date.now() - this.arrived >= MAX_AGE) throw OAuthError.unavailable();
    return this.keys;
  }
}
