/** A text in which every backslash escapes something (RFC 4514 §2.4). */
const WELL_FORMED = /^(?:\\(?:[\da-f]{2}|[^\da-f])|[^\\])+$/isu;
/** Commas and plus signs that are not escaped: an even number of backslashes precedes them. */
const COMMA = /(?<=(?:^|[^\\])(?:\\\\)*),/su;
const PLUS = /(?<=(?:^|[^\\])(?:\\\\)*)\+/su;
/** One attribute: its type, by name or by OID, and its value, which is not in quotes; after `#` it is BER in hexadecimal. */
const ATTRIBUTE = /^ *([a-z][\da-z-]*|\d+(?:\.\d+)+)=(?:#((?:[\da-f]{2})+) *|(?!["#])(.*))$/isu;
const CHARACTER = /\\([\da-f]{2})|\\(.)|([^\\])/gisu;

/** One attribute of a distinguished name. */
export interface NameAttribute {
  /** Its type, by name in upper case or by OID. */
  type: string;
  /** Its value as text, without escapes; missing when the value is given in BER. */
  text?: string;
  /** Its value in BER, if the text encodes it. */
  encoded?: Buffer;
}

/**
 * Parses a distinguished name (RFC 4514).
 *
 * @param text such as `CN=deployer,OU=platform+L=Berlin,O=Example\, Inc.`
 * @returns the levels in the order of the text, each with its attributes; `undefined` when the text is not a distinguished name
 */
export function levelsOf(text: string): NameAttribute[][] | undefined {
  if (!WELL_FORMED.test(text)) return undefined;
  const levels = text.split(COMMA).map((level) => level.split(PLUS).map(attributeOf));
  return levels.flat().includes(undefined) ? undefined : (levels as NameAttribute[][]);
}

/**
 * Normalises a distinguished name (RFC 4514) so that equal names are equal texts: escapes are resolved, attribute types are in
 * upper case, and the attributes of one level are sorted. Values remain as they are written, case included.
 *
 * @returns `undefined` when the text is not a distinguished name, or has a value in BER
 */
export function normalName(text: string): string | undefined {
  const levels = levelsOf(text);
  if (!levels || levels.flat().some(({ encoded }) => encoded)) return undefined;
  return JSON.stringify(
    levels.map((attributes) =>
      attributes.map(({ type, text: value }) => JSON.stringify([type, value])).toSorted((a, b) => (a < b ? -1 : 1)),
    ),
  );
}

/**
 * Normalises the subject of a certificate, see {@link normalName}.
 *
 * @param subject subject as `X509Certificate` of `node:crypto` shows it: one line per level, the highest first, with the escapes of RFC 4514
 */
export function normalSubject(subject: string): string | undefined {
  return normalName(subject.split('\n').toReversed().join(',').replaceAll(' + ', '+'));
}

/** Parses one attribute; returns `undefined` when it is not well-formed. */
function attributeOf(text: string): NameAttribute | undefined {
  const [, type, hex, value = ''] = ATTRIBUTE.exec(text) ?? [];
  if (type === undefined) return undefined;
  if (hex !== undefined) return { type: type.toUpperCase(), encoded: Buffer.from(hex, 'hex') };
  const bytes = Array.from(value.matchAll(CHARACTER), ([, code, escaped, plain = '']) =>
    code === undefined ? Buffer.from(escaped ?? plain) : Buffer.from(code, 'hex'),
  );
  return { type: type.toUpperCase(), text: Buffer.concat(bytes).toString() };
}
