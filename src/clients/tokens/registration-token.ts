import { timingSafeEqual } from 'node:crypto';

/** A registration access token that was replaced, and is good for a while: the answer with the new one may have been lost. */
export interface FormerToken {
  /** Its SHA-256 in hexadecimal. */
  digest: string;
  /** Until when it is good unless the new one is used before, in UTC, as `2026-01-31T12:00:00.000Z`. */
  until: string;
}

/** What the registry knows of the registration access token of a client (RFC 7592). */
export interface KnownToken {
  /** Its SHA-256 in hexadecimal; `''` for a client that has none. */
  digest: string;
  /** The one before; `null` when it has ended. */
  former: FormerToken | null;
}

/** The token of a client that has none: no token has this digest. */
export const NO_TOKEN: KnownToken = { digest: '', former: null };

/** Compared with when there is nothing to compare with: no token has this digest. */
const OF_NOBODY = '-'.repeat(64);

/** Which of its tokens a client presented. */
export type PresentedToken = 'current' | 'former';

/**
 * Which token of a client has this digest. It takes the same time whatever the client has, and whether there is a client.
 *
 * @param digest SHA-256 of what was presented, in hexadecimal
 * @param known `undefined` when there is no client
 * @returns `undefined` when the client has no such token, or no longer
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
 * What is known of a client's token after it was replaced.
 *
 * @param digest of the new one
 * @param presented digest of the one by which the client asked for it
 * @param grace how long that one stays good, in milliseconds; 0 ends it
 */
export function replacedToken(known: KnownToken, digest: string, presented: string, grace: number): KnownToken {
  if (grace === 0) return { digest, former: null };
  // One that is good for a while already is not good for longer.
  const until = known.former?.digest === presented ? known.former.until : undefined;
  return { digest, former: { digest: presented, until: until ?? new Date(Date.now() + grace).toISOString() } };
}
