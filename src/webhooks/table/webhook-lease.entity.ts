import { Column, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/** Which process delivers, and makes notices: one row. */
@RegistryEntity('oauth2_client_webhook_lease')
export class WebhookLease {
  /** Always 1. */
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'oauth2_client_webhook_lease_pkey' })
  id!: number;

  /** UUID of the process; `''` when no process delivers. */
  @Column({ type: 'varchar', length: 36 })
  holder!: string;

  /** How often the lease was taken or renewed. */
  @Column({ type: 'bigint' })
  renewals!: string;

  /** How many notices that a secret ends soon were made: the position of the last one. */
  @Column({ type: 'bigint', default: 0 })
  notices!: string;
}
