import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/**
 * The last notice that a secret ends soon: a nearer one takes its place, so that a webhook that was late is told once. It is kept until
 * the secret has ended, so that none is made twice. See docs/decisions/0009-webhooks.md.
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

  /** When the secret ended as it was made, in seconds since the epoch: with another end it is of no use. */
  @Column({ name: 'expires_at', type: 'bigint' })
  expiresAt!: string;

  /** How soon the secret ended, in seconds: one of the times at which notices are made. */
  @Column({ name: 'within_seconds', type: 'int' })
  withinSeconds!: number;

  /** When it was made, in UTC, as `2026-01-31T12:00:00.000Z`. */
  @Column({ type: 'varchar', length: 24, collation: 'C' })
  at!: string;
}
