import { Audit } from '../../journal/chain/audit.js';
import { openDatabase } from './open-database.js';

/**
 * Runs `work` on the journal in the database that the configuration names.
 *
 * @returns what the work returns
 * @throws what opening the database and the work throw
 */
export async function withAudit<T>(work: (audit: Audit) => Promise<T>): Promise<T> {
  const app = await openDatabase();
  try {
    return await work(app.get(Audit, { strict: false }));
  } finally {
    await app.close();
  }
}
