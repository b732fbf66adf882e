/** How long a delivery is retried, in milliseconds: two days. */
export const PATIENCE = 48 * 3_600_000;
/** The pause before the second attempt, and the longest pause, in milliseconds; each pause is twice as long as the previous one. */
const FIRST_PAUSE = 5000;
const LONGEST_PAUSE = 4 * 3_600_000;

/**
 * Returns when a failed delivery is retried. The pauses grow, and vary by half, so that deliveries that fail together are not retried together.
 *
 * @param attempts how many attempts have failed, at least 1
 * @param since when the delivery became late, in milliseconds since the epoch
 * @param now the current time, in milliseconds since the epoch
 * @returns milliseconds since the epoch, at the latest the end of {@link PATIENCE}; `undefined` after that
 */
export function nextAttempt(attempts: number, since: number, now: number): number | undefined {
  const end = since + PATIENCE;
  if (now >= end) return undefined;
  const pause = Math.min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE);
  return Math.min(now + pause * (0.5 + Math.random()), end);
}
