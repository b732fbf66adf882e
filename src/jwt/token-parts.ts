import { parseOrUndefined } from '../json/json-text.js';

/** A JSON object of a token, unverified; its members can be anything. */
export type TokenPart = Readonly<Record<string, unknown>>;

/**
 * Returns the header of a JWT (RFC 7515 §4).
 *
 * @param maxLength longest token that is parsed, in characters
 * @returns `undefined` for a text that is not a JWT, or is longer
 */
export function headOf(token: string, maxLength: number): TokenPart | undefined {
  if (token.length > maxLength) return undefined;
  const [, head = ''] = /^([\w-]+)\.[\w-]+\.[\w-]*$/.exec(token) ?? [];
  return objectIn(head);
}

/** Returns the claims of a text for which {@link headOf} returns a header (RFC 7519 §4); `undefined` when they are not a JSON object. */
export function claimsOf(token: string): TokenPart | undefined {
  const [, claims = ''] = token.split('.', 2);
  return objectIn(claims);
}

/** Returns the `typ` of a header in the form for comparison: in lower case, without `application/` (RFC 7515 §4.1.9). */
export function typeOf({ typ }: TokenPart): unknown {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
}

function objectIn(part: string): TokenPart | undefined {
  const value = parseOrUndefined(Buffer.from(part, 'base64url').toString());
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as TokenPart) : undefined;
}
