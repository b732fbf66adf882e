import { setTimeout as sleep } from 'node:timers/promises';
import { isLostRace } from './postgres-errors.js';

/** How often something is tried again: for some two seconds. */
const MOST = 12;
/** Longest pause before the first of them, and before any, in milliseconds. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 500;

/**
 * Tries again what lost a race against another transaction, so that nothing of it was written.
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
    // At random, so that those who met do not meet again.
    await sleep(Math.random() * Math.min(FIRST_PAUSE * 2 ** lost, LONGEST_PAUSE));
  }
  return attempt();
}
