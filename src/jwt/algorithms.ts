/** Asymmetric signature algorithms: a holder of the public key cannot sign (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
export const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

/** Whether two names mean the same algorithm. `EdDSA` is the older name of `Ed25519`, its only curve that is accepted (RFC 9864 §2.2). */
export function isSameAlgorithm(one: unknown, other: unknown): boolean {
  return presentName(one) === presentName(other);
}

function presentName(alg: unknown): unknown {
  return alg === 'EdDSA' ? 'Ed25519' : alg;
}
