import { readCertificate, type Certificate } from './certificate.js';

/** Longest text of certificates that is read: 64 KiB. */
const MAX_LENGTH = 65_536;
/** Most certificates that a client may present: its own, and those between it and the authority. */
const MOST_PRESENTED = 5;
const BLOCK = /-----BEGIN CERTIFICATE-----([\s\d+/=A-Za-z]+)-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM text, in their order. What stands between them is ignored (RFC 7468 §2).
 *
 * @returns an empty list when there are none, or one is malformed
 */
export function readPem(text: string): Certificate[] {
  return all(blocksOf(text));
}

/**
 * The certificates that a client presents, its own first.
 *
 * @param presented PEM text of up to 5 certificates and 64 KiB, or the DER of one
 * @returns an empty list when they are malformed or too many
 */
export function readPresented(presented: string | Uint8Array): Certificate[] {
  if (presented.length > MAX_LENGTH) return [];
  const blocks = typeof presented === 'string' ? blocksOf(presented) : [Buffer.from(presented)];
  return blocks.length > MOST_PRESENTED ? [] : all(blocks);
}

function blocksOf(text: string): Buffer[] {
  return Array.from(text.matchAll(BLOCK), ([, base64 = '']) => Buffer.from(base64, 'base64'));
}

function all(blocks: readonly Buffer[]): Certificate[] {
  const read = blocks.map(readCertificate);
  return read.includes(undefined) ? [] : (read as Certificate[]);
}
