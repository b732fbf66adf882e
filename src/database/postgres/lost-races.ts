import { setTimeout as sleep } from 'node:timers/promises';
import { isLostRace } from './postgres-errors.js';

/** Most retries, which take about two seconds. */
const MOST = 12;
/** Longest pause before the first retry, and before any retry, in milliseconds. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 500;

/**
 * Retries an attempt that lost a race against another transaction; nothing of such an attempt was written.
 *
 * @param attempt one statement, or a whole transaction; never a part of one
 * @throws what the last attempt threw
 */
export async function retryLostRaces<T>(attempt: () => Promise<T>): Promise<T> {
  for (let lost = 0; lost < MOST; lost += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLostRace(error as Error)) throw error;
    }
    // The pause is random, so that the same transactions do not conflict again.
    await sleep(Math.random() * Math.min(FIRST_PAUSE * 2 ** lost, LONGEST_PAUSE));
  }
  return attempt();
}
