import { randomUUID } from 'node:crypto';

/** Returns a UUID of version 7 (RFC 9562 §5.7): the current time in milliseconds, and 74 random bits, taken from a UUID of version 4. */
export function uuidV7(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice('xxxxxxxx-xxxx-4'.length)}`;
}
