import { ClientSecret } from './client-secret.entity.js';

/** The secrets of a client, the newest first: that one is the current one. */
export type SecretSet = readonly ClientSecret[];

/** Seconds since the epoch. */
export function epochSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Does it still authenticate? */
export function isValid({ expiresAt }: ClientSecret): boolean {
  return expiresAt === 0 || expiresAt > epochSeconds();
}

/** When the current secret ends, in seconds since the epoch; 0 for never, and where there is none. */
export function currentExpiry([current]: SecretSet): number {
  return current?.expiresAt ?? 0;
}

/** The secret with another end, in seconds since the epoch, 0 for never. */
export function endingAt(secret: ClientSecret, expiresAt: number): ClientSecret {
  return Object.assign(new ClientSecret(), secret, { expiresAt });
}

/** As {@link endingAt}, but never later than it ends anyway. */
export function endingBy(secret: ClientSecret, expiresAt: number): ClientSecret {
  return secret.expiresAt === 0 || secret.expiresAt > expiresAt ? endingAt(secret, expiresAt) : secret;
}

/** The set with one more, which becomes the current one; of the others, those that have ended and the oldest beyond `keep` go. */
export function withNewest(secrets: SecretSet, newest: ClientSecret, keep: number): SecretSet {
  return [newest, ...secrets.filter(isValid).slice(0, keep)];
}

/** Do both hold the same secrets with the same ends? */
export function sameSecrets(one: SecretSet, other: SecretSet): boolean {
  return (
    one.length === other.length &&
    one.every(({ id, expiresAt }, at) => id === other[at]?.id && expiresAt === other[at].expiresAt)
  );
}
