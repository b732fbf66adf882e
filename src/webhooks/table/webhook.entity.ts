import { Column, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { URI_MAX_LENGTH } from '../../fields/web-url.js';

/** Longest owner, in characters. */
export const OWNER_MAX_LENGTH = 512;

/** Longest reason for which a webhook is disabled, in characters. */
const REASON_MAX_LENGTH = 255;

/** A URL to which changes of clients are sent, and how far the deliveries have got. See docs/decisions/0009-webhooks.md. */
@RegistryEntity('oauth2_client_webhook')
export class Webhook {
  /** UUID. */
  @PrimaryColumn({
    type: 'varchar',
    length: 36,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_webhook_pkey',
  })
  id!: string;

  @Column({ type: 'varchar', length: URI_MAX_LENGTH })
  url!: string;

  /** JSON list of the kinds of changes that are sent; empty for all. */
  @Column({ type: 'text' })
  kinds!: string;

  /** The only owner whose clients' changes are sent; `''` for all. */
  @Column({ type: 'varchar', length: OWNER_MAX_LENGTH, collation: 'C' })
  owner!: string;

  /** The signing secret, sealed under the key of the registry. */
  @Column({ type: 'text' })
  secret!: string;

  /** The signing secret before the last rotation, sealed; `''` without one. */
  @Column({ name: 'former_secret', type: 'text' })
  formerSecret!: string;

  /** When the former secret stops signing, in UTC; `''` without one. */
  @Column({ name: 'former_ends_at', type: 'varchar', length: 24, collation: 'C' })
  formerEndsAt!: string;

  /** The cursor: all changes up to this position have been delivered, or have a row as {@link WebhookDelivery}. */
  @Column({ type: 'bigint' })
  position!: string;

  /** The cursor among notices, which have their own numbering. */
  @Column({ name: 'notice_position', type: 'bigint', default: 0 })
  noticePosition!: string;

  /** Why nothing is sent; `null` while it is active. */
  @Column({ type: 'varchar', length: REASON_MAX_LENGTH, nullable: true })
  disabled!: string | null;

  /** In UTC, as `2026-01-31T12:00:00.000Z`. */
  @Column({ name: 'created_at', type: 'varchar', length: 24, collation: 'C' })
  createdAt!: string;

  @Column({ name: 'updated_at', type: 'varchar', length: 24, collation: 'C' })
  updatedAt!: string;

  /** Who made it, as a JSON object. */
  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;
}
