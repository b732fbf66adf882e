/** How secrets are kept. */
export interface SecretsOptions {
  /** Cost of bcrypt for secrets that callers choose: the binary logarithm of its rounds, 4 to 31. Default 10. */
  bcryptCost?: number;
  /** How many older secrets stay valid beside the current one when a secret is rotated or added. Default 5. */
  olderSecrets?: number;
}

/** Injection token of {@link SecretsOptions}. */
export const SECRETS_OPTIONS = Symbol('SecretsOptions');
