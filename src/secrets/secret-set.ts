import { ClientSecret } from './client-secret.entity.js';

/** The secrets of a client, newest first. The newest is the current one. */
export type SecretSet = readonly ClientSecret[];

/** Returns the current time in seconds since the epoch. */
export function epochSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** How far the clocks of two processes may differ, in seconds: 10 minutes. */
const CLOCK_DIFFERENCE = 600;

/** Returns a time that has passed on every process's clock, in seconds since the epoch: what expired before it can be removed. */
export function overOnEveryProcess(): number {
  return epochSeconds() - CLOCK_DIFFERENCE;
}

/** Whether the secret has not expired. */
export function isValid({ expiresAt }: ClientSecret): boolean {
  return expiresAt === 0 || expiresAt > epochSeconds();
}

/** Returns the expiry of the current secret in seconds since the epoch; 0 = never, or there is no secret. */
export function currentExpiry([current]: SecretSet): number {
  return current?.expiresAt ?? 0;
}

/** Returns a copy of the secret with another expiry, in seconds since the epoch; 0 = never. */
export function endingAt(secret: ClientSecret, expiresAt: number): ClientSecret {
  return Object.assign(new ClientSecret(), secret, { expiresAt });
}

/** As {@link endingAt}, but keeps an earlier expiry of the secret. */
export function endingBy(secret: ClientSecret, expiresAt: number): ClientSecret {
  return secret.expiresAt === 0 || secret.expiresAt > expiresAt ? endingAt(secret, expiresAt) : secret;
}

/**
 * Returns the set with another secret as the current one, and without expired secrets.
 *
 * @param keep number of older secrets to keep, the newest ones
 */
export function withNewest(secrets: SecretSet, newest: ClientSecret, keep: number): SecretSet {
  return [newest, ...secrets.filter(isValid).slice(0, keep)];
}

/** Whether both sets hold the same secrets, with the same expiry, in the same order. */
export function sameSecrets(one: SecretSet, other: SecretSet): boolean {
  return (
    one.length === other.length &&
    one.every(({ id, expiresAt }, at) => id === other[at]?.id && expiresAt === other[at].expiresAt)
  );
}
