import { randomBytes as freshBytes, randomFillSync } from 'node:crypto';

/** How many bytes are asked for at one time: the call into OpenSSL takes as long for one as for all of them. */
const AHEAD = 1024;

const ahead = Buffer.alloc(AHEAD);
let used = AHEAD;

/**
 * Random bytes, as those of `node:crypto`, of which a few are fetched ahead. What was handed out is not kept.
 *
 * @param size how many
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
