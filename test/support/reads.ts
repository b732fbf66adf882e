import { jest } from '@jest/globals';
import type { PreparedDatabase } from '../../src/database/sql/prepared-database.js';

/** Spies on what reads the database outside of transactions. */
export async function spyOnReads(database: PreparedDatabase) {
  const reader = (await database.nextMoment?.())?.reader ?? database;
  return [jest.spyOn(reader, 'row'), jest.spyOn(reader, 'rows')] as const;
}
