import { codeOf } from '../sql/unavailable.js';

/** Node's error codes for a server that cannot be reached, or that closed the connection. */
const UNREACHABLE = /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN))$/;
// SQLSTATEs (PostgreSQL's appendix A): connections (08), refused log-ins (28), a missing database (3D), exhausted resources
// (53), shutdown and start (57P), system errors (58), a read-only server, sessions that the server ended, lost races,
// time-outs, statements mixed up by a pooler.
const TROUBLE = /^((08|28|3D|53|57P|58)\w+|25006|25P03|25P04|40001|40P01|55P03|57014|26000|42P05)$/;
/** Messages of pg and its pool in errors without a code. */
const SAID = /connection terminated|timeout exceeded when trying|read timeout|not queryable|calling end on the pool/i;
/** The transaction conflicts with another: it cannot be serialised (40001), or it is in a deadlock (40P01). */
const LOST_RACE = /^40(001|P01)$/;
/** The server ended or refused a statement because of another transaction or a time-out; the session goes on. */
const ENDED = /^(40001|40P01|55P03|57014)$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Whether an error means that the database cannot answer now, whatever the statement. */
export function isTrouble(error: Error): boolean {
  const code = codeOf(error);
  return code === '' ? SAID.test(error.message) : UNREACHABLE.test(code) || TROUBLE.test(code);
}

/** Whether the transaction was rolled back because of a conflict with another one; a retry may succeed. */
export function isLostRace(error: Error): boolean {
  return LOST_RACE.test(codeOf(error));
}

/** Whether a connection can be reused after an error; not if it is stuck, or if its server became read-only. */
export function isReusableAfter(error: Error): boolean {
  const code = codeOf(error);
  return SQLSTATE.test(code) && (!isTrouble(error) || ENDED.test(code));
}
