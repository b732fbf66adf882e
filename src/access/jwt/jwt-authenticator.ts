import { Logger } from '@nestjs/common';
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { ALGORITHMS } from '../../jwt/algorithms.js';
import { headOf, type TokenPart } from '../../jwt/token-parts.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { countedRefusal, credentialsRefused } from '../access-errors.js';
import type { Authenticator } from '../authenticator.js';
import type { IssuerKeys } from './issuer-keys.js';
import { faultOfHead } from './token-head.js';
import { holderOf } from './token-holder.js';
import type { Principal } from '../principal.js';
import type { Attempt } from '../refusals/refusals.js';

/** Longest token that is parsed, in characters: 8 KiB. */
const MAX_LENGTH = 8192;
/** How far the clocks of issuer and registry may differ, in seconds. */
const CLOCK_TOLERANCE = 30;

/** Requirements for a token. */
export interface TokenRules {
  /** Required value of `iss`; `''` for any. */
  issuer: string;
  /** Accepted audiences: `aud` must contain one of them. */
  audience: readonly string[];
  /** Name of the claim that contains the owner; `''` for none. */
  ownerClaim: string;
}

/** Accepts callers with a JWT access token (RFC 9068) that an issuer signed for this registry. */
export class JwtAuthenticator implements Authenticator {
  private readonly logger = new Logger(JwtAuthenticator.name);

  /** @internal */
  constructor(
    private readonly keys: IssuerKeys,
    private readonly rules: TokenRules,
  ) {}

  /**
   * @returns `undefined` when the token is not a JWT
   * @throws OAuthError 401 when it is rejected, 429 after too many rejected ones, 503 when its signature cannot be verified now
   */
  async authenticate(_: unknown, token: string | undefined, attempt?: Attempt): Promise<Principal | undefined> {
    const head = token === undefined ? undefined : headOf(token, MAX_LENGTH);
    if (token === undefined || !head) return undefined;
    try {
      const holder = await this.holder(token, head, attempt);
      attempt?.accepted();
      return holder;
    } catch (error) {
      if (error instanceof OAuthError) throw error;
      this.logger.debug(`Refused a token: ${(error as Error).message}.`);
      // Not counted: the key may be the issuer's new one, not fetched yet, and its user must not be locked out for long. No signature is verified.
      throw error instanceof errors.JWKSNoMatchingKey ? credentialsRefused() : countedRefusal(attempt);
    }
  }

  private async holder(token: string, head: TokenPart, attempt?: Attempt): Promise<Principal> {
    const fault = faultOfHead(head);
    if (fault) throw new Error(fault);
    const { issuer, audience, ownerClaim } = this.rules;
    const keyFor: JWTVerifyGetKey = async (...of) => {
      const key = await this.keys.keyFor(...of);
      attempt?.requireFew();
      return key;
    };
    const { payload } = await jwtVerify(token, keyFor, {
      algorithms: ALGORITHMS,
      audience: [...audience],
      ...(issuer && { issuer }),
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE,
    });
    if ((payload.iat ?? 0) > Date.now() / 1000 + CLOCK_TOLERANCE) throw new Error('it is from the future');
    // Nothing here proves that the caller holds the key that the token is bound to (RFC 8705 §3, RFC 9449 §7).
    if (payload['cnf'] !== undefined) throw new Error('it is bound to a key');
    return holderOf(payload, ownerClaim);
  }
}
