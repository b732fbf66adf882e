import { Column, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/** The process that delivers and makes notices: a single row. */
@RegistryEntity('oauth2_client_webhook_lease')
export class WebhookLease {
  /** Always 1. */
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'oauth2_client_webhook_lease_pkey' })
  id!: number;

  /** UUID of the process; `''` when no process delivers. */
  @Column({ type: 'varchar', length: 36 })
  holder!: string;

  /** How many times the lease was taken, renewed or released. */
  @Column({ type: 'bigint' })
  renewals!: string;

  /** Number of notices made so far, which is the position of the last one. */
  @Column({ type: 'bigint', default: 0 })
  notices!: string;
}
