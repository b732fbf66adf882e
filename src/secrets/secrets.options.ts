/** How secrets are kept. */
export interface SecretsOptions {
  /** Cost of bcrypt for secrets that callers choose: the binary logarithm of its rounds, 4 to 31. Default 10. */
  bcryptCost?: number;
}

/** Injection token of {@link SecretsOptions}. */
export const SECRETS_OPTIONS = Symbol('SecretsOptions');
