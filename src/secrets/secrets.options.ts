import { IsInt, Matches, Max, Min } from 'class-validator';
import { TOKEN_PREFIX } from './secret-format.js';

const BCRYPT_COST = 'must be a whole number from 4 to 31';
const OLDER_SECRETS = 'must be a whole number from 0 to 100';
const ENTROPY = 'must be a whole number of bits from 128 to 1024';
const PREFIX = `must be 1 to 16 letters, digits or _, and not ${TOKEN_PREFIX}`;

/** How secrets are kept. */
export class SecretsOptions {
  /** Cost of bcrypt for secrets that callers choose: the binary logarithm of its rounds, 4 to 31. Default 10. */
  @IsInt({ message: BCRYPT_COST })
  @Min(4, { message: BCRYPT_COST })
  @Max(31, { message: BCRYPT_COST })
  bcryptCost = 10;

  /** How many older secrets stay valid beside the current one when a secret is rotated or added, 0 to 100. Default 5. */
  @IsInt({ message: OLDER_SECRETS })
  @Min(0, { message: OLDER_SECRETS })
  @Max(100, { message: OLDER_SECRETS })
  olderSecrets = 5;

  /** Random bits of a generated secret, 128 to 1024. Default 256. */
  @IsInt({ message: ENTROPY })
  @Min(128, { message: ENTROPY })
  @Max(1024, { message: ENTROPY })
  entropy = 256;

  /**
   * What generated secrets begin with, so that scanners find leaked ones: 1 to 16 letters, digits or `_`. Default `oacs_`.
   * Secrets that were generated under another prefix stay valid.
   */
  @Matches(new RegExp(`^(?!${TOKEN_PREFIX}$)\\w{1,16}$`), { message: PREFIX })
  prefix = 'oacs_';
}
