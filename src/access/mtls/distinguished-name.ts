/** A text in which every backslash escapes something (RFC 4514 §2.4). */
const WELL_FORMED = /^(?:\\(?:[\da-f]{2}|[^\da-f])|[^\\])+$/isu;
/** Commas and plus signs that are not escaped: an even number of backslashes stands before them. */
const COMMA = /(?<=(?:^|[^\\])(?:\\\\)*),/su;
const PLUS = /(?<=(?:^|[^\\])(?:\\\\)*)\+/su;
/** One attribute: its type, by name or by OID, and its value, which is neither in quotes nor the bytes of BER. */
const ATTRIBUTE = /^ *([a-z][\da-z-]*|\d+(?:\.\d+)+)=(?!["#])(.*)$/isu;
const CHARACTER = /\\([\da-f]{2})|\\(.)|([^\\])/gisu;

/**
 * A distinguished name (RFC 4514) in a form in which equal names are equal texts: escapes are resolved, types of attributes are
 * in upper case, and the attributes of one level are in order. Values count as they are written, in their case.
 *
 * @param text such as `CN=deployer,OU=platform+L=Berlin,O=Example\, Inc.`
 * @returns `undefined` when the text is not a distinguished name
 */
export function normalName(text: string): string | undefined {
  if (!WELL_FORMED.test(text)) return undefined;
  const levels = text.split(COMMA).map((level) => level.split(PLUS).map(attributeOf));
  if (levels.flat().includes(undefined)) return undefined;
  return JSON.stringify(
    levels.map((attributes) => attributes.map(String).toSorted((one, other) => (one < other ? -1 : 1))),
  );
}

/**
 * The subject of a certificate, see {@link normalName}.
 *
 * @param subject as `X509Certificate` of `node:crypto` shows it: one line a level, the highest first, with the escapes of RFC 4514
 */
export function normalSubject(subject: string): string | undefined {
  return normalName(subject.split('\n').toReversed().join(',').replaceAll(' + ', '+'));
}

/** An attribute as JSON; `undefined` when it is not well-formed. */
function attributeOf(text: string): string | undefined {
  const [, type, value = ''] = ATTRIBUTE.exec(text) ?? [];
  if (type === undefined) return undefined;
  const bytes = Array.from(value.matchAll(CHARACTER), ([, hex, escaped, plain = '']) =>
    hex === undefined ? Buffer.from(escaped ?? plain) : Buffer.from(hex, 'hex'),
  );
  return JSON.stringify([type.toUpperCase(), Buffer.concat(bytes).toString()]);
}
