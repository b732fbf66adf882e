import { codeOf } from '../sql/unavailable.js';

/** Codes for a file that is busy, read-only, full, damaged or gone, and for a transaction that SQLite ended. */
const TROUBLE = /^SQLITE_(BUSY|LOCKED|READONLY|FULL|IOERR|CANTOPEN|CORRUPT|NOTADB|PROTOCOL|ABORT)/;

/** Whether an error means that SQLite cannot answer now, whatever the statement. */
export function isTrouble(error: Error): boolean {
  return TROUBLE.test(codeOf(error)) || /connection is not open/i.test(error.message);
}

/** The transaction that a change shared with other changes has failed; the change was not committed. */
export class AbortedError extends Error {
  readonly code = 'SQLITE_ABORT';
}
