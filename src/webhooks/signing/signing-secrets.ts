import type { Webhook } from '../table/webhook.entity.js';
import type { SecretsKey } from './secrets-key.js';

/** The columns of a webhook that hold its signing secrets. */
type Sealed = Pick<Webhook, 'id' | 'secret' | 'formerSecret' | 'formerEndsAt'>;

/**
 * Returns the secrets that sign now: the current one first, then the former one for a day after a rotation.
 *
 * @param key `undefined` when the process has none
 * @returns an empty list when the key is missing, or cannot decrypt the current secret
 */
export function signingSecretsOf(webhook: Sealed, key: SecretsKey | undefined): string[] {
  const current = key?.open(webhook.secret, webhook.id);
  if (key === undefined || current === undefined) return [];
  const isLate = webhook.formerEndsAt <= new Date().toISOString();
  const former = isLate ? undefined : key.open(webhook.formerSecret, webhook.id);
  return former === undefined ? [current] : [current, former];
}
