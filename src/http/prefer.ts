/** A preference of a list (RFC 7240 §2): up to a comma that is not inside a quoted string. */
const PREFERENCE = /(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g;
const HANDLING = /^\s*handling\s*(?:=\s*"?(\w*)"?\s*)?(?:;|$)/i;

/** What `Preference-Applied` says when unknown members are refused (RFC 7240 §3, §4.4). */
export const STRICT_HANDLING = 'handling=strict';

/**
 * Does the header `Prefer` ask for `handling=strict` (RFC 7240 §4.4)? Of several `handling`s the first counts.
 *
 * @param prefer the header, several of them joined by commas; `undefined` for none
 */
export function prefersStrict(prefer: string | undefined): boolean {
  const [, handling] = (prefer?.match(PREFERENCE) ?? []).map((one) => HANDLING.exec(one)).find(Boolean) ?? [];
  return handling?.toLowerCase() === 'strict';
}
