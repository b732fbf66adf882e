import { compare } from 'bcrypt';
import type { ImportedForm } from './imported-form.js';

/** Binary logarithm of the most rounds, with which a comparison takes about two seconds. */
const MOST_COST = 15;
/** Salt and digest are in bcrypt's own base64, without stray bits: the library compares texts. */
const HASH = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/;

/** bcrypt, which ignores everything after 72 bytes. `$2a`, `$2b` and `$2y` name the same algorithm. */
export const bcryptForm: ImportedForm = {
  beginning: /^\$2[aby]\$/,
  bytes: 72,
  faultOf: (hash) => {
    const cost = HASH.exec(hash)?.[1];
    if (cost === undefined) return 'must have the 60 characters of a bcrypt hash: version, cost, salt and digest';
    const isAllowed = Number(cost) >= 4 && Number(cost) <= MOST_COST;
    return isAllowed ? undefined : `must have a cost of 4 to ${MOST_COST}; it has ${cost}`;
  },
  // The library does not know `$2y`.
  stored: (hash) => `$2b${hash.slice(3)}`,
  matches: (secret, hash) => compare(secret, hash),
};
