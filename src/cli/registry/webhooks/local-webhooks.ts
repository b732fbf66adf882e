import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withDefaults } from '../../../clients/checked-options.js';
import { openDatabase as preparedDatabaseOf } from '../../../database/dialects.js';
import { Config } from '../../../standalone/config/config.js';
import { WebhooksOptions } from '../../../webhooks/delivery/webhooks.options.js';
import { webhookEntities } from '../../../webhooks/table/webhook-entities.js';
import { WebhookStatements } from '../../../webhooks/table/webhook.statements.js';
import { WebhooksService } from '../../../webhooks/webhooks.service.js';
import { openDatabase } from '../open-database.js';
import { shellActor } from '../shell-actor.js';
import type { WebhookRegistry } from './webhook-registry.js';

/** Options of every change. */
const CHANGE = { actor: shellActor(), strict: true };

/** The webhooks in the database that the configuration names. This process manages them, but sends nothing. */
export class LocalWebhooks implements WebhookRegistry {
  private constructor(
    private readonly app: INestApplicationContext,
    private readonly webhooks: WebhooksService,
  ) {}

  /** Opens the database. */
  static async open(): Promise<LocalWebhooks> {
    const app = await openDatabase();
    try {
      const database = preparedDatabaseOf(app.get(DataSource, { strict: false }));
      await database.check(webhookEntities);
      const { webhooksOptions } = app.get(Config, { strict: false });
      // Without `WebhooksModule`, which would send due deliveries as long as the command runs.
      const options = withDefaults(new WebhooksOptions(), webhooksOptions, 'webhooks');
      return new LocalWebhooks(app, new WebhooksService(new WebhookStatements(database), options));
    } catch (error) {
      await app.close();
      throw error;
    }
  }

  async create(body: string): Promise<string> {
    return JSON.stringify(await this.webhooks.create(body, CHANGE));
  }

  async list(): Promise<string[]> {
    return (await this.webhooks.list({})).map((webhook) => JSON.stringify(webhook));
  }

  async get(id: string): Promise<string> {
    return JSON.stringify(await this.webhooks.get(id, {}));
  }

  async replace(id: string, body: string): Promise<string> {
    return JSON.stringify(await this.webhooks.replace(id, body, CHANGE));
  }

  remove(id: string): Promise<void> {
    return this.webhooks.remove(id, CHANGE);
  }

  async rotate(id: string): Promise<string> {
    return JSON.stringify(await this.webhooks.rotate(id, CHANGE));
  }

  async replay(id: string, body: string): Promise<string> {
    return JSON.stringify(await this.webhooks.replay(id, body, CHANGE));
  }

  async deliveries(id: string, query: URLSearchParams): Promise<string[]> {
    return (await this.webhooks.deliveries(id, query, {})).map((delivery) => JSON.stringify(delivery));
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
