/** The parameters of an algorithm, in the order in which its hashes name them: least and greatest value, and a description. */
export type Bounds<Name extends string> = Readonly<Record<Name, readonly [least: number, most: number, what: string]>>;

/** The parts of a hash `$algorithm$a=1,b=2$salt$digest`, except the algorithm. */
export interface HashParts<Name extends string> {
  /** The parameters. */
  numbers: Record<Name, number>;
  /** Random bytes. */
  salt: Buffer;
  /** Output of the algorithm. */
  digest: Buffer;
}

/** Least and most bytes of the salt: more would not fit into the column of hashes. */
const SALT = [8, 32] as const;
/** Least and most bytes of the digest: too many secrets would match a shorter one. */
const DIGEST = [16, 64] as const;
/** Bytes of a digest that are stored where the rest adds nothing: nobody finds a second secret that matches these. */
const STORED = 32;

/** Decodes base64 without padding and without stray bits (RFC 4648 §3.5); returns `undefined` for any other text. */
function decoded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return encoded(bytes) === text ? bytes : undefined;
}

function encoded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/**
 * Parses a hash; does not check that its values are within `bounds`.
 *
 * @returns `undefined` when the hash has another form, or other parameters than `bounds` names
 */
export function partsOf<Name extends string>(hash: string, bounds: Bounds<Name>): HashParts<Name> | undefined {
  const [, , parameters = '', ...texts] = hash.split('$');
  const names = Object.keys(bounds) as Name[];
  const values = new RegExp(`^${names.map((name) => `${name}=([1-9]\\d{0,9})`).join(',')}$`).exec(parameters);
  const [salt, digest, ...more] = texts.map(decoded);
  if (!values || !salt || !digest || more.length > 0) return undefined;
  const numbers = Object.fromEntries(names.map((name, at) => [name, Number(values[at + 1])])) as Record<Name, number>;
  return { numbers, salt, digest };
}

/** Returns the hash with at most 32 bytes of its digest, for algorithms whose long digests begin with the short ones. */
export function shortened(hash: string): string {
  const at = hash.lastIndexOf('$') + 1;
  return hash.slice(0, at) + encoded(Buffer.from(hash.slice(at), 'base64').subarray(0, STORED));
}

function boundFault(value: number, [least, most]: readonly [number, number, ...unknown[]], what: string) {
  return value < least || value > most ? `must have ${what} of ${least} to ${most}; it has ${value}` : undefined;
}

/**
 * Returns why a hash is rejected, as the predicate of a sentence; `undefined` when it has the form and is within the bounds.
 *
 * @param form an example of the form, to quote in the sentence
 * @param mostDigest most bytes of the digest. Default 64
 */
export function partsFault<Name extends string>(
  hash: string,
  bounds: Bounds<Name>,
  form: string,
  mostDigest: number = DIGEST[1],
): string | undefined {
  const parts = partsOf(hash, bounds);
  if (!parts) return `must have the form ${form}, salt and digest in base64 without padding`;
  const faults = (Object.keys(bounds) as Name[]).map((name) =>
    boundFault(parts.numbers[name], bounds[name], `${bounds[name][2]} (${name})`),
  );
  return [
    ...faults,
    boundFault(parts.salt.length, SALT, 'a salt with a number of bytes'),
    boundFault(parts.digest.length, [DIGEST[0], mostDigest], 'a digest with a number of bytes'),
  ].find(Boolean);
}
