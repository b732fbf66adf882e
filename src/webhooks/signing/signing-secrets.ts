import type { Webhook } from '../table/webhook.entity.js';
import type { SecretsKey } from './secrets-key.js';

/** Where the signing secrets of a webhook are stored. */
type Sealed = Pick<Webhook, 'id' | 'secret' | 'formerSecret' | 'formerEndsAt'>;

/**
 * The secrets that sign now, the current one first, and the former one for a day after a rotation.
 *
 * @param key `undefined` when the process has none
 * @returns an empty list when the key is missing, or does not open the current one
 */
export function signingSecretsOf(webhook: Sealed, key: SecretsKey | undefined): string[] {
  const current = key?.open(webhook.secret, webhook.id);
  if (key === undefined || current === undefined) return [];
  const isLate = webhook.formerEndsAt <= new Date().toISOString();
  const former = isLate ? undefined : key.open(webhook.formerSecret, webhook.id);
  return former === undefined ? [current] : [current, former];
}
