/**
 * Decodes a base64url text (RFC 7515 §2), without padding, blanks, characters of other alphabets or stray bits.
 *
 * @returns `undefined` when `value` is not such a text
 */
export function base64urlBytes(value: unknown): Buffer | undefined {
  return canonicalBytes(value, 'base64url');
}

/** As {@link base64urlBytes}, for base64 with padding (RFC 4648 §4). */
export function base64Bytes(value: unknown): Buffer | undefined {
  return canonicalBytes(value, 'base64');
}

/** Decodes strictly: Node accepts both alphabets and skips unknown characters, so a text must equal the encoding of its bytes. */
function canonicalBytes(value: unknown, encoding: 'base64' | 'base64url'): Buffer | undefined {
  if (typeof value !== 'string') return undefined;
  const bytes = Buffer.from(value, encoding);
  return bytes.toString(encoding) === value ? bytes : undefined;
}
