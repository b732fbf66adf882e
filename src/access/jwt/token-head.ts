import { parseOrUndefined } from '../../json/json-text.js';

/** Longest token that is looked at, in characters: 8 KiB. */
const MAX_LENGTH = 8192;

/** Algorithms of signatures that a holder of the public key cannot make (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
export const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

/** Types of tokens that may be access tokens (RFC 9068 §2.1); without a type a token may be one, too. */
const TYPES = new Set<unknown>([undefined, 'at+jwt', 'jwt']);

/** The members of a token's header that decide whether it is looked at further. Nothing else in a header counts. */
export interface TokenHead {
  alg?: unknown;
  typ?: unknown;
}

/** The header of a JWT; `undefined` for a text that is not a JWT, or longer than 8 KiB. */
export function headOf(token: string): TokenHead | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const [, head = ''] = /^([\w-]+)\.[\w-]+\.[\w-]*$/.exec(token) ?? [];
  const value = parseOrUndefined(Buffer.from(head, 'base64url').toString());
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** What is wrong with the header of a token; `undefined` when nothing is. */
export function faultOfHead({ alg, typ }: TokenHead): string | undefined {
  if (!ALGORITHMS.includes(alg as string)) return 'its algorithm is not accepted';
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  return TYPES.has(type) ? undefined : 'it is not an access token by its type';
}
