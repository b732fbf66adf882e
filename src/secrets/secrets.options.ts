import { applyDecorators } from '@nestjs/common';
import { IsBoolean, IsInt, Matches, Max, Min } from 'class-validator';
import { TOKEN_PREFIXES } from './generated/secret-format.js';

const PREFIX = `must be 1 to 16 letters, digits or _, and not ${TOKEN_PREFIXES.join(' or ')}`;

/**
 * Accepts whole numbers.
 *
 * @param min least number that is accepted
 * @param max greatest number that is accepted
 * @param what name of such a number in the error for another value. Default `a whole number`
 */
export function WholeNumber(min: number, max: number, what = 'a whole number'): PropertyDecorator {
  const message = `must be ${what} from ${min} to ${max}`;
  return applyDecorators(IsInt({ message }), Min(min, { message }), Max(max, { message }));
}

/** Accepts a value of {@link SecretsOptions.bcryptCost}. */
export function BcryptCost(): PropertyDecorator {
  return WholeNumber(4, 31);
}

/** Accepts a value of {@link SecretsOptions.olderSecrets}. */
export function OlderSecrets(): PropertyDecorator {
  return WholeNumber(0, 100);
}

/** Accepts a value of {@link SecretsOptions.forEveryMethod}. */
export function ForEveryMethod(): PropertyDecorator {
  return IsBoolean({ message: 'must be true or false' });
}

/** Accepts a value of {@link SecretsOptions.rehashImported}. */
export function RehashImported(): PropertyDecorator {
  return IsBoolean({ message: 'must be true or false' });
}

/** Options for secrets. */
export class SecretsOptions {
  /** Cost of bcrypt for secrets that callers choose: binary logarithm of its number of rounds, 4 to 31. Default 10. */
  @BcryptCost()
  bcryptCost = 10;

  /** Number of older secrets that stay valid beside the current one when a secret is rotated or added, 0 to 100. Default 5. */
  @OlderSecrets()
  olderSecrets = 5;

  /**
   * Whether the response that creates a client contains a `client_secret` even when its `token_endpoint_auth_method` uses none. Such a
   * secret is not stored and never authenticates: it is for callers that expect one, such as hydra-maester. Default false.
   */
  @ForEveryMethod()
  forEveryMethod = false;

  /**
   * Whether the hash of a `client_secret_hash` is replaced by the registry's own form of the secret once a client has authenticated with
   * it. Default true.
   */
  @RehashImported()
  rehashImported = true;

  /** Random bits of a generated secret, 128 to 1024. Default 256. */
  @WholeNumber(128, 1024, 'a whole number of bits')
  entropy = 256;

  /**
   * Prefix of generated secrets, by which scanners find leaked secrets: 1 to 16 letters, digits or `_`. Default `oacs_`.
   * Secrets that were generated with another prefix stay valid.
   */
  @Matches(new RegExp(`^(?!(${TOKEN_PREFIXES.join('|')})$)\\w{1,16}$`), { message: PREFIX })
  prefix = 'oacs_';
}
