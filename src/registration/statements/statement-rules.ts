import { ALGORITHMS } from '../../jwt/algorithms.js';
import { typeOf, type TokenPart } from '../../jwt/token-parts.js';

/** How far the clocks of issuer and registry may differ, in seconds. */
const LEEWAY = 30;
/** RFC 7591 §2.3 names no type. Any other type marks a token for another purpose. */
const TYPES = new Set<unknown>([undefined, 'jwt', 'software-statement+jwt']);

/** Returns what is wrong with the header of a software statement, as the end of a sentence; `undefined` when nothing is. */
export function faultOfHead({ alg, kid, crit, ...rest }: TokenPart): string | undefined {
  if (!ALGORITHMS.includes(alg as string)) return `must be signed with one of ${ALGORITHMS.join(', ')}`;
  if (!TYPES.has(typeOf(rest))) return 'must not be a token for another purpose: its typ may be JWT';
  if (crit !== undefined) return 'must not have a header that must be understood (crit)';
  return kid === undefined || typeof kid === 'string' ? undefined : 'must have a text as kid';
}

/**
 * Returns what is wrong with the claims of a software statement apart from its issuer, as the end of a sentence; `undefined` when nothing is.
 *
 * @param audience names of which an `aud` must have one (RFC 7519 §4.1.3): a token for another audience is not a statement for this registry
 */
export function faultOfClaims({ iat, exp, nbf, aud }: TokenPart, audience: readonly string[]): string | undefined {
  const now = Date.now() / 1000;
  if (iat === undefined && exp === undefined) return 'must say when it was issued (iat) or when it ends (exp)';
  if (iat !== undefined && !isPast(iat, now)) return 'must have a time in the past as iat';
  if (nbf !== undefined && !isPast(nbf, now)) return 'must have a time in the past as nbf';
  if (exp !== undefined && typeof exp !== 'number') return 'must have a number as exp';
  if (exp !== undefined && exp <= now - LEEWAY) return 'has expired: ask its issuer for a new one';
  if (aud === undefined || [aud].flat().some((name) => audience.includes(name as string))) return undefined;
  return 'must not be for somebody else: its aud names another';
}

function isPast(time: unknown, now: number): boolean {
  return typeof time === 'number' && time <= now + LEEWAY;
}
