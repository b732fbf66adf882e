import { ALGORITHMS } from '../../jwt/algorithms.js';
import { claimsOf, headOf, typeOf, type TokenPart } from '../../jwt/token-parts.js';

/** Longest assertion that is looked at, in characters: 16 KiB. */
const MAX_LENGTH = 16_384;
/** How far the clocks of client and registry may differ, in seconds. */
export const LEEWAY = 30;
/** Longest time from the issue of an assertion, or from now, to its end, in seconds: 10 minutes. */
const MAX_LIFETIME = 600;
const JTI_MAX_LENGTH = 255;
/** RFC 7523 knows no type; its successor names the last one. */
const TYPES = new Set<unknown>([undefined, 'jwt', 'client-authentication+jwt']);

/** An assertion as it says of itself: nothing is verified. */
export interface AssertionParts {
  head: TokenPart;
  claims: TokenPart;
}

/** The parts of an assertion; `undefined` for a text that is not a JWT, or longer than 16 KiB. */
export function assertionParts(assertion: string): AssertionParts | undefined {
  const head = headOf(assertion, MAX_LENGTH);
  const claims = head && claimsOf(assertion);
  return head && claims && { head, claims };
}

/**
 * The client that an assertion says it is of: its `sub`, which `iss` must equal (RFC 7523 §3). Nothing is verified.
 *
 * @returns `undefined` for a text that names no client
 */
export function assertedClientId(assertion: string): string | undefined {
  const { sub, iss } = assertionParts(assertion)?.claims ?? {};
  return typeof sub === 'string' && sub === iss ? sub : undefined;
}

/**
 * What is wrong with the header of an assertion, whoever its client is, as the end of a sentence; `undefined` when nothing is.
 */
export function faultOfHead({ alg, kid, crit, ...rest }: TokenPart): string | undefined {
  if (!ALGORITHMS.includes(alg as string)) return 'its algorithm is not accepted';
  if (!TYPES.has(typeOf(rest))) return 'its type is not that of a client assertion';
  if (crit !== undefined) return 'it has a header that must be understood';
  return kid === undefined || typeof kid === 'string' ? undefined : 'its kid is not a text';
}

/**
 * What is wrong with the claims of an assertion (RFC 7523 §3), as the end of a sentence; `undefined` when nothing is.
 *
 * @param client its client_id
 * @param audiences of which `aud` must be one, and nothing else
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
