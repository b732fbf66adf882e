import { ECDH } from 'node:crypto';
import { base64urlBytes } from './base64url.js';
import type { Jwk, KeyFault, KeyKind } from './key-kinds.js';

const RSA_MIN_BITS = 2048;
/** OpenSSL verifies no signature with a longer modulus. */
const RSA_MAX_BITS = 16_384;
/** FIPS 186-5 §5.1: the exponent is below 2^256. */
const EXPONENT_MAX_BYTES = 32;

/** The bytes of a member, and its fault if it has one. */
interface Part {
  bytes: Buffer;
  fault?: KeyFault;
}

/** Returns the faults in the members that hold the key itself. */
export function materialFaults(jwk: Jwk, kind: KeyKind): KeyFault[] {
  return kind.kty === 'RSA' ? rsaFaults(jwk) : pointFaults(jwk, kind);
}

function part(jwk: Jwk, member: string, check: (bytes: Buffer) => string | undefined): Part {
  const bytes = base64urlBytes(jwk[member]);
  const detail = bytes ? check(bytes) : 'must be base64url without padding (RFC 7515 §2)';
  return { bytes: bytes ?? Buffer.alloc(0), ...(detail && { fault: { member, detail } }) };
}

function faultsOf(parts: readonly Part[]): KeyFault[] {
  return parts.flatMap(({ fault }) => fault ?? []);
}

/** RFC 7518 §6.3.1. Does not check that the modulus is a product of two primes: that would take too long. */
function rsaFaults(jwk: Jwk): KeyFault[] {
  return faultsOf([part(jwk, 'n', modulusFault), part(jwk, 'e', exponentFault)]);
}

function modulusFault(bytes: Buffer): string | undefined {
  const bits = bitsOf(bytes);
  if (bytes[0] === 0) return 'must not begin with a zero byte (RFC 7518 §6.3.1.1)';
  if (bits < RSA_MIN_BITS) return `must have at least ${RSA_MIN_BITS} bits (RFC 7518 §3.3), not ${bits}`;
  if (bits > RSA_MAX_BITS) return `must have at most ${RSA_MAX_BITS} bits, not ${bits}`;
  return isOdd(bytes) ? undefined : 'must be an odd number';
}

function exponentFault(bytes: Buffer): string | undefined {
  const isRight = bitsOf(bytes) > 1 && bytes[0] !== 0 && bytes.length <= EXPONENT_MAX_BYTES && isOdd(bytes);
  return isRight ? undefined : 'must be an odd number from 3, such as AQAB';
}

function bitsOf(bytes: Buffer): number {
  const [first = 0] = bytes;
  return Math.max(0, bytes.length * 8 - (Math.clz32(first) - 24));
}

function isOdd(bytes: Buffer): boolean {
  return ((bytes.at(-1) ?? 0) & 1) === 1;
}

/** RFC 7518 §6.2.1 and RFC 8037 §2. */
function pointFaults(jwk: Jwk, { kty, crv, size = 0, curve }: KeyKind): KeyFault[] {
  const members = kty === 'EC' ? ['x', 'y'] : ['x'];
  const parts = members.map((member) =>
    part(jwk, member, ({ length }) =>
      length === size ? undefined : `must have ${size} bytes on ${crv}, not ${length}`,
    ),
  );
  const faults = faultsOf(parts);
  if (faults.length > 0 || !curve || isOnCurve(Buffer.concat(parts.map(({ bytes }) => bytes)), curve)) return faults;
  return [{ detail: `must be a complete and valid EC public key: x and y are not a point on ${crv}` }];
}

/**
 * Whether the coordinates are a point on the curve. Importing the key would also multiply the point by the order of the group: that takes
 * a millisecond on P-384 and finds nothing more, since these curves have the cofactor 1.
 */
function isOnCurve(coordinates: Buffer, curve: string): boolean {
  const uncompressed = Buffer.of(4); // SEC 1 §2.3.3
  try {
    ECDH.convertKey(Buffer.concat([uncompressed, coordinates]), curve);
    return true;
  } catch {
    return false;
  }
}
