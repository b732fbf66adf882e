import { ExpiryNotice } from './expiry-notice.entity.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookLease } from './webhook-lease.entity.js';
import { Webhook } from './webhook.entity.js';

/** The entities of webhooks. */
export const webhookEntities = [Webhook, WebhookDelivery, WebhookLease, ExpiryNotice];
