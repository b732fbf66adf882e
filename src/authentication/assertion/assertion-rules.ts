import { ALGORITHMS } from '../../jwt/algorithms.js';
import { claimsOf, headOf, typeOf, type TokenPart } from '../../jwt/token-parts.js';

/** Longest assertion that is parsed, in characters: 16 KiB. */
const MAX_LENGTH = 16_384;
/** How far the clocks of client and registry may differ, in seconds. */
export const LEEWAY = 30;
/** Longest time from `iat`, or from now, to `exp`, in seconds: 10 minutes. */
const MAX_LIFETIME = 600;
const JTI_MAX_LENGTH = 255;
/** RFC 7523 defines no `typ`; its successor defines the last one. */
const TYPES = new Set<unknown>([undefined, 'jwt', 'client-authentication+jwt']);

/** The header and the claims of an assertion, unverified. */
export interface AssertionParts {
  head: TokenPart;
  claims: TokenPart;
}

/** Returns the parts of an assertion; `undefined` for a text that is not a JWT, or is longer than 16 KiB. */
export function assertionParts(assertion: string): AssertionParts | undefined {
  const head = headOf(assertion, MAX_LENGTH);
  const claims = head && claimsOf(assertion);
  return head && claims && { head, claims };
}

/**
 * Returns the client that an assertion claims to be from: its `sub`, which must equal `iss` (RFC 7523 §3). Nothing is verified.
 *
 * @returns `undefined` for a text that names no client
 */
export function assertedClientId(assertion: string): string | undefined {
  const { sub, iss } = assertionParts(assertion)?.claims ?? {};
  return typeof sub === 'string' && sub === iss ? sub : undefined;
}

/**
 * Returns what is wrong with the header of an assertion of any client, as the end of a sentence; `undefined` when nothing is.
 */
export function faultOfHead({ alg, kid, crit, ...rest }: TokenPart): string | undefined {
  if (!ALGORITHMS.includes(alg as string)) return 'its algorithm is not accepted';
  if (!TYPES.has(typeOf(rest))) return 'its type is not that of a client assertion';
  if (crit !== undefined) return 'it has a header that must be understood';
  return kid === undefined || typeof kid === 'string' ? undefined : 'its kid is not a text';
}

/**
 * Returns what is wrong with the claims of an assertion (RFC 7523 §3), as the end of a sentence; `undefined` when nothing is.
 *
 * @param client the client_id
 * @param audiences accepted audiences; `aud` must be exactly one of them
 */
export function faultOfClaims(claims: TokenPart, client: string, audiences: readonly string[]): string | undefined {
  const { iss, sub, aud, jti } = claims;
  if (sub !== client || iss !== client) return 'iss and sub are not its client';
  const [audience, ...others] = Array.isArray(aud) ? (aud as unknown[]) : [aud];
  if (others.length > 0 || !audiences.includes(audience as string)) return 'aud is not the issuer alone';
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_MAX_LENGTH)
    return `jti is not a text of 1 to ${JTI_MAX_LENGTH} characters`;
  return faultOfTimes(claims);
}

function faultOfTimes({ exp, iat, nbf }: TokenPart): string | undefined {
  const now = Date.now() / 1000;
  if (typeof exp !== 'number') return 'exp is not a number';
  if (exp <= now - LEEWAY) return 'it has expired';
  if (exp > now + MAX_LIFETIME + LEEWAY) return 'exp is too far ahead';
  if (iat !== undefined && !isPast(iat, now)) return 'iat is not a time in the past';
  if (nbf !== undefined && !isPast(nbf, now)) return 'nbf is not a time in the past';
  return typeof iat === 'number' && exp - iat > MAX_LIFETIME ? 'exp is too far from iat' : undefined;
}

function isPast(time: unknown, now: number): boolean {
  return typeof time === 'number' && time <= now + LEEWAY;
}
