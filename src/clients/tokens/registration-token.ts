import { timingSafeEqual } from 'node:crypto';

/** A registration access token that was replaced but stays valid for a while: the answer with the new one may have been lost. */
export interface FormerToken {
  /** Its SHA-256 in hexadecimal. */
  digest: string;
  /** When it ends, unless the new one is used earlier, in UTC, as `2026-01-31T12:00:00.000Z`. */
  until: string;
}

/** What the registry knows of the registration access token of a client (RFC 7592). */
export interface KnownToken {
  /** Its SHA-256 in hexadecimal; `''` for a client that has none. */
  digest: string;
  /** The previous token; `null` when it has ended. */
  former: FormerToken | null;
}

/** The token of a client that has none: no token has this digest. */
export const NO_TOKEN: KnownToken = { digest: '', former: null };

/** Stands in for a missing digest in comparisons, so that they take the same time; no token has this digest. */
const OF_NOBODY = '-'.repeat(64);

/** Which of its tokens a client presented. */
export type PresentedToken = 'current' | 'former';

/**
 * Returns which token of a client has this digest. It takes the same time whatever tokens the client has, and whether it exists.
 *
 * @param digest SHA-256 of the presented token, in hexadecimal
 * @param known the tokens of the client; `undefined` when the client does not exist
 * @returns `undefined` when the client does not have such a token, or no longer
 */
export function tokenOf(digest: string, known: KnownToken | undefined): PresentedToken | undefined {
  const { until = '' } = known?.former ?? {};
  const isCurrent = equal(digest, known?.digest);
  const isFormer = equal(digest, known?.former?.digest) && until > new Date().toISOString();
  if (isCurrent) return 'current';
  return isFormer ? 'former' : undefined;
}

function equal(digest: string, known: string | undefined): boolean {
  return timingSafeEqual(Buffer.from(digest), Buffer.from(known || OF_NOBODY));
}

/**
 * Returns what the registry knows of a client's token after its replacement.
 *
 * @param digest digest of the new token
 * @param presented digest of the token with which the client asked for the new one
 * @param grace how long the presented token stays valid, in milliseconds; 0 ends it
 */
export function replacedToken(known: KnownToken, digest: string, presented: string, grace: number): KnownToken {
  if (grace === 0) return { digest, former: null };
  // If the presented token was already replaced, its remaining time is not extended.
  const until = known.former?.digest === presented ? known.former.until : undefined;
  return { digest, former: { digest: presented, until: until ?? new Date(Date.now() + grace).toISOString() } };
}
