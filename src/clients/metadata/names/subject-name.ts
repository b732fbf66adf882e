import { levelsOf, type NameAttribute } from '../../../access/mtls/distinguished-name.js';

/** Object identifiers of attribute types by name: the names of RFC 4514 §3, and others from OpenSSL and RFC 4519. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '2.5.4.3': 'CN',
    '2.5.4.4': 'SN',
    '2.5.4.5': 'serialNumber',
    '2.5.4.6': 'C',
    '2.5.4.7': 'L',
    '2.5.4.8': 'ST',
    '2.5.4.9': 'STREET',
    '2.5.4.10': 'O',
    '2.5.4.11': 'OU',
    '2.5.4.12': 'title T',
    '2.5.4.15': 'businessCategory',
    '2.5.4.17': 'postalCode',
    '2.5.4.42': 'GN givenName G',
    '2.5.4.43': 'initials I',
    '2.5.4.46': 'dnQualifier',
    '2.5.4.97': 'organizationIdentifier',
    '0.9.2342.19200300.100.1.1': 'UID',
    '0.9.2342.19200300.100.1.25': 'DC',
    '1.2.840.113549.1.9.1': 'emailAddress E',
    '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
    '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
    '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
  }).flatMap(([oid, names]) => names.split(' ').map((name) => [name.toUpperCase(), oid])),
);

/** Encodings of the string types of ASN.1, by tag: UTF8String, PrintableString, TeletexString, IA5String. */
const TEXTS: Readonly<Record<number, BufferEncoding>> = { 12: 'utf8', 19: 'latin1', 20: 'latin1', 22: 'latin1' };

function oidOf({ type }: NameAttribute): string | undefined {
  return /^\d/.test(type) ? type : TYPES.get(type);
}

/** Returns why `text` is not a distinguished name that can be compared, as the end of a sentence; `undefined` when it is one. */
export function subjectNameFault(text: string): string | undefined {
  const attributes = levelsOf(text)?.flat();
  if (!attributes) return 'must be a distinguished name (RFC 4514), such as CN=orders,O=Example,C=DE';
  const unknown = attributes.find((attribute) => oidOf(attribute) === undefined);
  return unknown && `has an attribute of an unknown type, ${unknown.type}: write its object identifier instead`;
}

/**
 * Returns a distinguished name in a form in which equal names are equal texts (RFC 5280 §7.1): the order of levels counts, the order of
 * the attributes of one level does not. The case and outer blanks of texts are ignored, and a run of blanks counts as one (caseIgnoreMatch,
 * RFC 4517 §4.2.11); values that are not texts are compared by their bytes.
 *
 * @param text as RFC 4514 writes it, the lowest level first
 * @returns `undefined` when {@link subjectNameFault} finds a fault
 */
export function subjectNameKey(text: string): string | undefined {
  return keyOf(levelsOf(text));
}

/** As {@link subjectNameKey}, for a text with the highest level first, the order in a certificate. */
export function encodedNameKey(text: string): string | undefined {
  return keyOf(levelsOf(text)?.toReversed());
}

function keyOf(levels: readonly NameAttribute[][] | undefined): string | undefined {
  if (!levels?.flat().every(oidOf)) return undefined;
  const textOf = (attribute: NameAttribute) => JSON.stringify([oidOf(attribute), ...valueOf(attribute)]);
  return JSON.stringify(levels.map((attributes) => attributes.map(textOf).toSorted((a, b) => (a < b ? -1 : 1))));
}

function valueOf({ text, encoded }: NameAttribute): string[] {
  if (!encoded) return [caseIgnored(text ?? '')];
  const [tag = 0, length = 0] = encoded;
  const encoding = TEXTS[tag];
  // Texts of attributes are shorter than 128 bytes, so their length takes one byte. Longer texts are compared by their bytes.
  const isText = encoding !== undefined && length < 128 && encoded.length === length + 2;
  return isText ? [caseIgnored(encoded.toString(encoding, 2))] : ['#', encoded.toString('hex')];
}

function caseIgnored(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC').trim().replaceAll(/\s+/g, ' ');
}
