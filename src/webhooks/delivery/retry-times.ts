/** How long a delivery is tried, in milliseconds: two days. */
export const PATIENCE = 48 * 3_600_000;
/** Pause before the second attempt, and the longest one, in milliseconds; each is twice as long as the one before. */
const FIRST_PAUSE = 5000;
const LONGEST_PAUSE = 4 * 3_600_000;

/**
 * When a delivery that failed is tried again. The pauses grow, and vary by half, so that what failed together does not return together.
 *
 * @param attempts how many have failed, at least 1
 * @param since when the delivery became late, in milliseconds since the epoch
 * @param now in milliseconds since the epoch
 * @returns in milliseconds since the epoch, the last time at the end of {@link PATIENCE}; `undefined` after that
 */
export function nextAttempt(attempts: number, since: number, now: number): number | undefined {
  const end = since + PATIENCE;
  if (now >= end) return undefined;
  const pause = Math.min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE);
  return Math.min(now + pause * (0.5 + Math.random()), end);
}
