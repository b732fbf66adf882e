import { ALGORITHMS } from '../../jwt/algorithms.js';
import { typeOf, type TokenPart } from '../../jwt/token-parts.js';

/** Types of tokens that may be access tokens (RFC 9068 §2.1); a token without a type may be one, too. */
const TYPES = new Set<unknown>([undefined, 'at+jwt', 'jwt']);

/** Returns what is wrong with the header of a token; `undefined` for no fault. Checks only `alg` and `typ`. */
export function faultOfHead(head: TokenPart): string | undefined {
  if (!ALGORITHMS.includes(head['alg'] as string)) return 'its algorithm is not accepted';
  return TYPES.has(typeOf(head)) ? undefined : 'it is not an access token by its type';
}
