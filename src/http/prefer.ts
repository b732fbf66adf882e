/** One preference in a list (RFC 7240 §2): everything up to a comma that is not inside a quoted string. */
const PREFERENCE = /(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g;
const HANDLING = /^\s*handling\s*(?:=\s*"?(\w*)"?\s*)?(?:;|$)/i;

/** Value of `Preference-Applied` when unknown members are rejected (RFC 7240 §3, §4.4). */
export const STRICT_HANDLING = 'handling=strict';

/**
 * Whether the header `Prefer` asks for `handling=strict` (RFC 7240 §4.4). If `handling` occurs several times, the first one counts.
 *
 * @param prefer the header, several of them joined by commas; `undefined` for none
 */
export function prefersStrict(prefer: string | undefined): boolean {
  const [, handling] = (prefer?.match(PREFERENCE) ?? []).map((one) => HANDLING.exec(one)).find(Boolean) ?? [];
  return handling?.toLowerCase() === 'strict';
}
