import { codeOf } from '../sql/unavailable.js';

/** A file that is busy, read-only, full, damaged, or gone; a transaction that ended before its time. */
const TROUBLE = /^SQLITE_(BUSY|LOCKED|READONLY|FULL|IOERR|CANTOPEN|CORRUPT|NOTADB|PROTOCOL|ABORT)/;

/** Does an error say that SQLite cannot answer now, whatever it was asked? */
export function isTrouble(error: Error): boolean {
  return TROUBLE.test(codeOf(error)) || /connection is not open/i.test(error.message);
}

/** SQLite itself has ended the transaction that a change was part of. */
export class AbortedError extends Error {
  readonly code = 'SQLITE_ABORT';
}
