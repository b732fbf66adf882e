import { randomBytes as freshBytes, randomFillSync } from 'node:crypto';

/** Number of bytes that one call fetches: the call into OpenSSL takes as long for one byte as for all of them. */
const AHEAD = 1024;

const ahead = Buffer.alloc(AHEAD);
let used = AHEAD;

/**
 * Returns random bytes of `node:crypto`, which it fetches ahead. Bytes that were returned are erased from the buffer.
 *
 * @param size number of bytes
 */
export function randomBytes(size: number): Buffer {
  if (size > AHEAD) return freshBytes(size);
  if (used + size > AHEAD) {
    randomFillSync(ahead);
    used = 0;
  }
  const part = ahead.subarray(used, used + size);
  used += size;
  const bytes = Buffer.from(part);
  part.fill(0);
  return bytes;
}
