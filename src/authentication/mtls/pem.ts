import { certificateOf } from '../../access/mtls/der.js';
import { readCertificate, type Certificate } from './certificate.js';

/** Longest text of certificates that a client may present: 64 KiB. */
const MAX_LENGTH = 65_536;
/** Maximum number of certificates that a client may present: its own, and those between it and the authority. */
const MOST_PRESENTED = 5;
/** A certificate, with its end unless it is cut short. */
const BLOCK = /-----BEGIN CERTIFICATE-----([\s\d+/=A-Za-z]*)(-----END CERTIFICATE-----)?/g;

/** Whether a text is PEM with at least one certificate, and none that Node cannot read. */
export function isPem(text: string): boolean {
  const blocks = blocksOf(text);
  return blocks.length > 0 && blocks.every((block) => certificateOf(block) !== undefined);
}

/**
 * Parses the certificates of a PEM text, in order. Ignores text between them (RFC 7468 §2).
 *
 * @returns an empty list when there are none, or one is malformed
 */
export function readPem(text: string): Promise<Certificate[]> {
  return all(blocksOf(text));
}

/**
 * Parses the certificates that a client presents, its own first.
 *
 * @param presented PEM text of up to 5 certificates and 64 KiB, or the DER of one
 * @returns an empty list when they are malformed or too many
 */
export async function readPresented(presented: string | Uint8Array): Promise<Certificate[]> {
  if (presented.length > MAX_LENGTH) return [];
  const blocks = typeof presented === 'string' ? blocksOf(presented) : [Buffer.from(presented)];
  return blocks.length > MOST_PRESENTED ? [] : all(blocks);
}

/** Returns the bytes of each certificate; none for one that is cut short, so that it is malformed, not ignored. */
function blocksOf(text: string): Buffer[] {
  return Array.from(text.matchAll(BLOCK), ([, base64 = '', end]) => Buffer.from(end ? base64 : '', 'base64'));
}

async function all(blocks: readonly Buffer[]): Promise<Certificate[]> {
  const read = await Promise.all(blocks.map(readCertificate));
  return read.includes(undefined) ? [] : (read as Certificate[]);
}
