import { jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { JournalPruner } from '../../src/journal/retention/journal-pruner.js';
import type { RunningApp } from './app.js';

/** Settings of a service whose journal is kept for an hour. */
export const AN_HOUR = { JOURNAL_RETENTION: '1h' };
const HOUR = 3_600_000;

/** A time after all changes so far, and before all later ones. */
export async function boundary(): Promise<number> {
  await sleep(5);
  const time = Date.now();
  await sleep(5);
  return time;
}

/** Prunes as if what was sealed before a time were older than an hour, in all processes at once. */
export async function pruneBefore(time: number, ...apps: RunningApp[]): Promise<void> {
  const clock = jest.spyOn(Date, 'now').mockReturnValue(time + HOUR);
  try {
    await Promise.all(apps.map((app) => app.get(JournalPruner).prune()));
  } finally {
    clock.mockRestore();
  }
}
