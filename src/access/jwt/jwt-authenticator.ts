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

/** Longest token that is looked at, in characters: 8 KiB. */
const MAX_LENGTH = 8192;
/** How far the clocks of issuer and registry may differ, in seconds. */
const CLOCK_TOLERANCE = 30;

/** What a token must say to count here. */
export interface TokenRules {
  /** `iss`; `''` for any. */
  issuer: string;
  /** Values of which `aud` must have one. */
  audience: readonly string[];
  /** Name of the claim that names the owner; `''` for none. */
  ownerClaim: string;
}

/** Lets in who has an access token in the form of a JWT (RFC 9068) that an issuer signed for this registry. */
export class JwtAuthenticator implements Authenticator {
  private readonly logger = new Logger(JwtAuthenticator.name);

  /** @internal */
  constructor(
    private readonly keys: IssuerKeys,
    private readonly rules: TokenRules,
  ) {}

  /**
   * @returns `undefined` when the token is not a JWT
   * @throws OAuthError 401 when it does not count here, 429 after too many such, 503 when its signature cannot be verified now
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
      // A new key of the issuer is not known at once: who uses it must not be kept out for long. Such a token costs no check, either.
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
    // Nothing here proves that the caller has the key that the token is bound to (RFC 8705 §3, RFC 9449 §7).
    if (payload['cnf'] !== undefined) throw new Error('it is bound to a key');
    return holderOf(payload, ownerClaim);
  }
}
