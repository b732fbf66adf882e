import { codeOf } from '../sql/unavailable.js';

/** Codes of Node for a server that cannot be reached, or that closed the connection. */
const UNREACHABLE = /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN))$/;
// SQLSTATEs (PostgreSQL's appendix A): connections (08), refused log-ins (28), a missing database (3D), exhausted resources
// (53), shutdown and start (57P), system errors (58), a read-only server, sessions that the server ended, lost races,
// time-outs, statements mixed up by a pooler.
const TROUBLE = /^((08|28|3D|53|57P|58)\w+|25006|25P03|25P04|40001|40P01|55P03|57014|26000|42P05)$/;
/** What pg and its pool say in errors without a code. */
const SAID = /connection terminated|timeout exceeded when trying|read timeout|not queryable|calling end on the pool/i;
/** The transaction met another one: it cannot be serialised (40001), or it would wait for ever (40P01). */
const LOST_RACE = /^40(001|P01)$/;
/** The server ended a statement, or did not begin it, for the sake of others or of time; the session goes on. */
const ENDED = /^(40001|40P01|55P03|57014)$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Does an error say that the database cannot answer now, whatever it was asked? */
export function isTrouble(error: Error): boolean {
  const code = codeOf(error);
  return code === '' ? SAID.test(error.message) : UNREACHABLE.test(code) || TROUBLE.test(code);
}

/** Was everything rolled back because another transaction came between? The same may succeed when it is tried again. */
export function isLostRace(error: Error): boolean {
  return LOST_RACE.test(codeOf(error));
}

/** After an error, is the connection as good as before? One to a server that became read-only is not, nor one that is stuck. */
export function isReusableAfter(error: Error): boolean {
  const code = codeOf(error);
  return SQLSTATE.test(code) && (!isTrouble(error) || ENDED.test(code));
}
