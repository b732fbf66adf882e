import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/**
 * The latest notice that a secret ends soon. A nearer notice replaces it, so that a late webhook receives only one. It is kept until the
 * secret has ended, so that no notice is made twice. See docs/decisions/0009-webhooks.md.
 */
@RegistryEntity('oauth2_client_expiry_notice')
@Index('oauth2_client_expiry_notice_position', ['position'], { unique: true })
@Index('oauth2_client_expiry_notice_expires_at', ['expiresAt'])
export class ExpiryNotice {
  @PrimaryColumn({
    name: 'secret_id',
    type: 'varchar',
    length: 36,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_expiry_notice_pkey',
  })
  secretId!: string;

  /** UUID, version 7, which the receiver knows as `webhook-id`. */
  @Column({ type: 'varchar', length: 36 })
  id!: string;

  /** Its place among all notices, from 1, in the order in which they were made. */
  @Column({ type: 'bigint' })
  position!: string;

  /** End of the secret when the notice was made, in seconds since the epoch: if the end changes, the notice is obsolete. */
  @Column({ name: 'expires_at', type: 'bigint' })
  expiresAt!: string;

  /** How soon the secret ends, in seconds: one of the configured times at which notices are made. */
  @Column({ name: 'within_seconds', type: 'int' })
  withinSeconds!: number;

  /** When it was made, in UTC, as `2026-01-31T12:00:00.000Z`. */
  @Column({ type: 'varchar', length: 24, collation: 'C' })
  at!: string;
}
