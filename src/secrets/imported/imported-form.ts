/** One algorithm by which other systems store secrets, in the form in which they write its hashes. */
export interface ImportedForm {
  /** How its hashes begin. */
  readonly beginning: RegExp;
  /** How many bytes of a secret count. Default all. */
  readonly bytes?: number;
  /**
   * Why a hash that begins so is refused.
   *
   * @returns the predicate of a sentence; `undefined` when the hash can be compared
   */
  faultOf(hash: string): string | undefined | Promise<string | undefined>;
  /** The same hash as it is stored. Default as it was sent. */
  stored?(hash: string): string;
  /**
   * Was the hash, which has no fault, made from `secret`?
   *
   * @throws Error when the algorithm is not there
   */
  matches(secret: string, hash: string): Promise<boolean>;
}

/** Most memory in bytes that a comparison may need: 64 MiB. */
export const MOST_MEMORY = 64 * 2 ** 20;
