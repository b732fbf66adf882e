import { createHash, generatePrimeSync } from 'node:crypto';

/** A key of RS256 that no library makes: of any size, and with any exponent. */
export interface OwnRsaKey {
  /** The public half, as a JWK Set has it. */
  jwk: object;
  /** The signature of a text, base64url (RFC 8017 §8.2.1). */
  sign: (text: string) => string;
}

/** DER before a digest of SHA-256 (RFC 8017 §9.2). */
const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let factor = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

/** The inverse of a number modulo another, to which it is prime. */
function inverse(of: bigint, modulus: bigint): bigint {
  let [one, other] = [of % modulus, modulus];
  let [factor, next] = [1n, 0n];
  while (other > 0n) {
    const times = one / other;
    [one, other] = [other, one - times * other];
    [factor, next] = [next, factor - times * next];
  }
  return ((factor % modulus) + modulus) % modulus;
}

function bytesOf(number: bigint, length: number): Buffer {
  return Buffer.from(number.toString(16).padStart(length * 2, '0'), 'hex');
}

/** Makes a key whose modulus is the product of primes of 1,024 bits: many small primes are found faster than two large ones. */
export function ownRsaKey(kid: string, primeCount: number, exponent: bigint): OwnRsaKey {
  const primes: bigint[] = [];
  while (primes.length < primeCount) {
    const prime = generatePrimeSync(1024, { bigint: true });
    if ((prime - 1n) % exponent !== 0n) primes.push(prime);
  }
  const modulus = primes.reduce((product, prime) => product * prime, 1n);
  const length = Math.ceil(modulus.toString(2).length / 8);
  const encode = (number: bigint, bytes: number) => bytesOf(number, bytes).toString('base64url');
  const e = encode(exponent, Math.ceil(exponent.toString(2).length / 8));
  return {
    jwk: { kty: 'RSA', n: encode(modulus, length), e, kid, alg: 'RS256', use: 'sig' },
    sign: (text) => {
      const digest = Buffer.concat([DIGEST_INFO, createHash('sha256').update(text).digest()]);
      const padding = Buffer.alloc(length - digest.length - 3, 0xff);
      const message = BigInt(`0x${Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), digest]).toString('hex')}`);
      // By the Chinese remainder theorem, since a power modulo the whole product takes seconds.
      const signature = primes.reduce((sum, prime) => {
        const rest = modulus / prime;
        return sum + power(message, inverse(exponent, prime - 1n), prime) * rest * inverse(rest, prime);
      }, 0n);
      return encode(signature % modulus, length);
    },
  };
}
