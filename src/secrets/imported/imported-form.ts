/** An algorithm with which other systems store secrets, and the form of its hashes. */
export interface ImportedForm {
  /** How its hashes begin. */
  readonly beginning: RegExp;
  /** Number of bytes of a secret that the algorithm uses. Default all. */
  readonly bytes?: number;
  /**
   * Checks a hash with this beginning.
   *
   * @returns the predicate of a sentence that says why the hash is rejected; `undefined` when secrets can be compared with it
   */
  faultOf(hash: string): string | undefined | Promise<string | undefined>;
  /** Returns the hash as it is stored. Default: as it was sent. */
  stored?(hash: string): string;
  /**
   * Returns whether a hash without a fault was made from `secret`.
   *
   * @throws Error when the algorithm is not installed
   */
  matches(secret: string, hash: string): Promise<boolean>;
}

/** Most memory that a comparison can use, in bytes: 64 MiB. */
export const MOST_MEMORY = 64 * 2 ** 20;
