/** A public key as a caller sends it (RFC 7517 §4). Its members are not validated yet. */
export type Jwk = Readonly<Record<string, unknown>>;

/** A fault of a key, as the end of a sentence; `member` is the member at fault, left out when it is the whole key. */
export interface KeyFault {
  member?: string;
  detail: string;
}

/** A kind of public key that is accepted. */
export interface KeyKind {
  kty: 'RSA' | 'EC' | 'OKP';
  /** Curve; left out for RSA keys. */
  crv?: string;
  /** Size of each coordinate, in bytes (RFC 7518 §6.2.1.2, RFC 8032 §5.1.5, RFC 7748 §5). */
  size?: number;
  /** OpenSSL's name for the curve of an EC key. */
  curve?: string;
  /** The algorithms that a key with the `use` `sig` may name (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
  sig: readonly string[];
  /** The algorithms that a key with the `use` `enc` may name (RFC 7518 §4.1, RFC 8037 §3.2). */
  enc: readonly string[];
}

const RSA_SIGNING = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const RSA_ENCRYPTION = ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'];
const ECDH = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'];

/** Algorithms that encrypt for the holder of a private key. */
export const ENCRYPTION_ALGORITHMS = [...RSA_ENCRYPTION, ...ECDH];

const KINDS: readonly KeyKind[] = [
  { kty: 'RSA', sig: RSA_SIGNING, enc: RSA_ENCRYPTION },
  { kty: 'EC', crv: 'P-256', size: 32, curve: 'prime256v1', sig: ['ES256'], enc: ECDH },
  { kty: 'EC', crv: 'P-384', size: 48, curve: 'secp384r1', sig: ['ES384'], enc: ECDH },
  { kty: 'EC', crv: 'P-521', size: 66, curve: 'secp521r1', sig: ['ES512'], enc: ECDH },
  { kty: 'OKP', crv: 'Ed25519', size: 32, sig: ['EdDSA', 'Ed25519'], enc: [] },
  { kty: 'OKP', crv: 'X25519', size: 32, sig: [], enc: ECDH },
];

/** Returns the kind of a key by its members `kty` and `crv`; `undefined` when that kind is not accepted. */
export function kindOf({ kty, crv }: Jwk): KeyKind | undefined {
  return KINDS.find((kind) => kind.kty === kty && (kind.crv === undefined || kind.crv === crv));
}
