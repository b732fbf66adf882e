import { randomBytes } from './random-bytes.js';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BITS_PER_CHARACTER = Math.log2(ALPHABET.length);
const CHECKSUM_LENGTH = 6;
/** Length of the shortest secret that a registry can generate: one character of prefix, 128 random bits, and the checksum. */
const GENERATED_MIN_LENGTH = 1 + Math.ceil(128 / BITS_PER_CHARACTER) + CHECKSUM_LENGTH;

/** Prefix of registration access tokens (RFC 7592). */
export const REGISTRATION_TOKEN_PREFIX = 'oart_';
/** Prefix of API keys. */
export const API_KEY_PREFIX = 'oaak_';
/** Prefix of initial access tokens (RFC 7591). */
export const INITIAL_TOKEN_PREFIX = 'oait_';
/** Prefixes of the registry's own tokens. They distinguish tokens from secrets of clients, also in a leak. */
export const TOKEN_PREFIXES = [REGISTRATION_TOKEN_PREFIX, API_KEY_PREFIX, INITIAL_TOKEN_PREFIX] as const;
/** One of the {@link TOKEN_PREFIXES}. */
export type TokenPrefix = (typeof TOKEN_PREFIXES)[number];

/** Least and most bytes of a chosen secret. */
const CHOSEN_MIN_BYTES = 6;
const CHOSEN_MAX_BYTES = 1024;

/** Bytes from this value on are discarded: 248 is the largest multiple of 62 in a byte, so each character is equally likely. */
const EVEN_BYTES = 256 - (256 % ALPHABET.length);

/** Returns `length` random characters of the alphabet, each equally likely. */
function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length + 8)) {
      if (byte < EVEN_BYTES && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = ALPHABET[rest % ALPHABET.length] + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}

/**
 * Generates a credential: prefix, random characters, checksum. Apart from the prefix it consists of letters and digits.
 *
 * @param prefix letters, digits and `_`
 * @param entropy least number of random bits. Default 256
 */
export function generateSecret(prefix: string, entropy = 256): string {
  const text = prefix + randomText(Math.ceil(entropy / BITS_PER_CHARACTER));
  return text + checksum(text);
}

/** Whether `secret` has the form of a generated one, whatever its prefix. The checksum decides, without a look-up. */
export function isGenerated(secret: string): boolean {
  const body = secret.slice(0, -CHECKSUM_LENGTH);
  return secret.length >= GENERATED_MIN_LENGTH && /^\w+$/.test(secret) && secret.endsWith(checksum(body));
}

/**
 * Checks a secret that a caller chose.
 *
 * @param prefix prefix of the secrets that this registry generates
 * @returns the predicate of a sentence that says why the secret is rejected; `undefined` when it is accepted
 */
export function secretFault(secret: string, prefix: string): string | undefined {
  const bytes = Buffer.byteLength(secret);
  if (bytes < CHOSEN_MIN_BYTES) return `must have at least ${CHOSEN_MIN_BYTES} bytes`;
  if (bytes > CHOSEN_MAX_BYTES) return `must not have more than ${CHOSEN_MAX_BYTES} bytes`;
  const token = TOKEN_PREFIXES.find((own) => secret.startsWith(own));
  if (token !== undefined) return `must not begin with ${token}, which marks tokens of the registry itself`;
  const poses = secret.startsWith(prefix) && !isGenerated(secret);
  return poses ? `must not begin with ${prefix}, which marks generated secrets` : undefined;
}
