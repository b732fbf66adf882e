import type { Actor } from '../access/principal.js';
import type { SecretsKey } from './signing/secrets-key.js';
import { signingSecretsOf } from './signing/signing-secrets.js';
import type { StoredDelivery, StoredWebhook } from './table/webhook.statements.js';
import type { DeliveryView, WebhookView } from './webhook.dto.js';

const KEY_MISSING = 'SECRETS_KEY is missing: nothing is sent.';
const UNREADABLE = 'SECRETS_KEY is not the key of its signing secret: set the former key, or rotate the secret.';

/**
 * Returns a webhook as the admin API shows it.
 *
 * @param key the key of this process: without the right one it sends nothing, and the view says so
 */
export function webhookView(webhook: StoredWebhook, key: SecretsKey | undefined): WebhookView {
  const { id, url, owner, disabled, position, createdAt, updatedAt } = webhook;
  const maker = JSON.parse(webhook.createdBy) as Actor;
  const isReadable = signingSecretsOf(webhook, key).length > 0;
  return {
    id,
    url,
    kinds: JSON.parse(webhook.kinds) as string[],
    owner,
    disabled: disabled !== null,
    reason: disabled ?? (isReadable ? null : key ? UNREADABLE : KEY_MISSING),
    position,
    created_at: createdAt,
    updated_at: updatedAt,
    created_by: { type: maker.type, id: maker.id, name: maker.name },
  };
}

/** Returns a delivery as the admin API shows it. */
export function deliveryView(delivery: StoredDelivery): DeliveryView {
  const { position, changeId, clientId, state, since, attempts, status } = delivery;
  return {
    position,
    id: changeId,
    client_id: clientId,
    state,
    since,
    attempts,
    attempted_at: delivery.attemptedAt || null,
    next_attempt_at: delivery.nextAt || null,
    status,
    problem: delivery.problem || null,
  };
}
