import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BodyOptions, CallOptions } from '../access/call-options.js';
import { ownerFor } from '../access/ownership.js';
import { maySee } from '../access/principal.js';
import { readInput } from '../fields/read-input.js';
import type { Rule } from '../fields/rule.js';
import { requireGuarded } from '../http/outbound/guarded-fetch.js';
import { actorText } from '../journal/table/change-entry.js';
import { faultAt } from '../oauth-error/oauth-error.js';
import { isPossibleId } from '../secrets/client-secret.entity.js';
import type { SecretsKey } from './signing/secrets-key.js';
import { newSigningSecret } from './signing/signature.js';
import { WebhookStatements, type StoredWebhook } from './table/webhook.statements.js';
import { readDeliveriesQuery } from './deliveries-query.js';
import { aheadOfCursor, keyMissing, tooManyWebhooks, unknownWebhook } from './webhook-errors.js';
import { deliveryView, webhookView } from './webhook-views.js';
import {
  ReplayInput,
  WebhookInput,
  type DeliveryView,
  type SigningWebhookView,
  type WebhookView,
} from './webhook.dto.js';
import { WebhooksOptions } from './delivery/webhooks.options.js';

/** How long the former secret signs beside a new one, in milliseconds: a day. */
const OVERLAP = 24 * 3_600_000;
/** The reason shown for a webhook that a caller disabled. */
const ASKED = 'It was disabled by a request.';

/** Manages webhooks, to which changes of clients are sent. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly statements: WebhookStatements,
    private readonly options: WebhooksOptions,
  ) {}

  /**
   * Creates a webhook, which receives what happens from now on.
   *
   * @returns the webhook with its signing secret, which no later answer shows
   * @throws OAuthError 400 with every fault of the body, 403 for a foreign owner, 409 without a key or with too many webhooks
   */
  async create(body: unknown, { actor, strict, signal }: BodyOptions): Promise<SigningWebhookView> {
    const { url, kinds, owner: given, disabled } = await this.read(body, { strict });
    const owner = ownerFor(actor, given);
    const key = this.requireKey();
    const secret = newSigningSecret();
    const id = randomUUID();
    const now = new Date().toISOString();
    const webhook = {
      id,
      url,
      kinds: JSON.stringify(kinds),
      owner,
      disabled: disabled ? ASKED : null,
      secret: key.seal(secret, id),
      formerSecret: '',
      formerEndsAt: '',
      createdAt: now,
      updatedAt: now,
      createdBy: actorText(actor),
    };
    if (!(await this.statements.insert(webhook, signal))) throw tooManyWebhooks();
    return { ...(await this.get(id, { actor })), signing_secret: secret };
  }

  /** Lists the webhooks that the caller may see, the oldest first. */
  async list({ actor }: CallOptions): Promise<WebhookView[]> {
    const all = await this.statements.list();
    return all.filter(({ owner }) => maySee(actor, owner)).map((webhook) => this.view(webhook));
  }

  /** @throws OAuthError 404 */
  async get(id: string, options: CallOptions): Promise<WebhookView> {
    return this.view(await this.find(id, options));
  }

  /**
   * Replaces the members that a caller may set. The webhook keeps its secret, its cursors and its late deliveries.
   *
   * @throws OAuthError 400 with every fault of the body, 403 for a foreign owner, 404
   */
  async replace(id: string, body: unknown, { actor, strict, signal }: BodyOptions): Promise<WebhookView> {
    const webhook = await this.find(id, { actor });
    const { url, kinds, owner, disabled } = await this.read(body, { strict });
    const changed = {
      id,
      url,
      kinds: JSON.stringify(kinds),
      owner: ownerFor(actor, owner),
      disabled: disabled ? (webhook.disabled ?? ASKED) : null,
      updatedAt: new Date().toISOString(),
    };
    if (!(await this.statements.update(changed, signal))) throw unknownWebhook();
    return this.get(id, { actor });
  }

  /** @throws OAuthError 404 */
  async remove(id: string, { actor, signal }: BodyOptions): Promise<void> {
    await this.find(id, { actor });
    if (!(await this.statements.remove(id, signal))) throw unknownWebhook();
  }

  /**
   * Rotates the signing secret of a webhook. The former one also signs for a day.
   *
   * @returns the webhook with the new secret, which no later answer shows
   * @throws OAuthError 404, 409 without a key
   */
  async rotate(id: string, { actor, signal }: BodyOptions): Promise<SigningWebhookView> {
    const webhook = await this.find(id, { actor });
    const key = this.requireKey();
    const secret = newSigningSecret();
    const now = Date.now();
    const rotated = {
      id,
      secret: key.seal(secret, id),
      formerSecret: webhook.secret,
      formerEndsAt: new Date(now + OVERLAP).toISOString(),
      updatedAt: new Date(now).toISOString(),
    };
    if (!(await this.statements.rotate(rotated, signal))) throw unknownWebhook();
    return { ...(await this.get(id, { actor })), signing_secret: secret };
  }

  /**
   * Resends changes, from a position of the journal on.
   *
   * @throws OAuthError 400 for a position ahead of the cursor, 404
   */
  async replay(id: string, body: unknown, { actor, strict, signal }: BodyOptions): Promise<WebhookView> {
    const webhook = await this.find(id, { actor });
    const { position } = await readInput(ReplayInput, body, [], { strict });
    if (position > webhook.position + 1) throw aheadOfCursor(webhook.position + 1);
    if (!(await this.statements.replay(id, position - 1, signal))) throw unknownWebhook();
    return this.get(id, { actor });
  }

  /**
   * Lists deliveries that have not succeeded: first notices, then changes in the order of the journal.
   *
   * @param query parameters of the list
   * @throws OAuthError 400 that names a wrong parameter, 404
   */
  async deliveries(id: string, query: URLSearchParams, options: CallOptions): Promise<DeliveryView[]> {
    const { after, size } = readDeliveriesQuery(query);
    await this.find(id, options);
    return (await this.statements.deliveries(id, after + 1, size)).map(deliveryView);
  }

  private async find(id: string, { actor }: CallOptions): Promise<StoredWebhook> {
    const webhook = isPossibleId(id) ? await this.statements.find(id) : undefined;
    if (!webhook || !maySee(actor, webhook.owner)) throw unknownWebhook();
    return webhook;
  }

  private view(webhook: StoredWebhook): WebhookView {
    return webhookView(webhook, this.options.signingKey);
  }

  private requireKey(): SecretsKey {
    const { signingKey } = this.options;
    if (!signingKey) throw keyMissing();
    return signingKey;
  }

  private read(body: unknown, { strict = false }: Pick<BodyOptions, 'strict'>): Promise<WebhookInput> {
    return readInput(WebhookInput, body, [this.urlIsUsable], { strict });
  }

  private readonly urlIsUsable: Rule<WebhookInput> = {
    reads: ['url'],
    check: ({ url }) => {
      if (url === '') return [faultAt(['url'], 'must be set')];
      try {
        requireGuarded(new URL(url), this.options.outbound);
        return [];
      } catch (error) {
        return [faultAt(['url'], `cannot be used: ${(error as Error).message}`)];
      }
    },
  };
}
