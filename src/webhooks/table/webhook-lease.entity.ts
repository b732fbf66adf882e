import { Column, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/** Which process delivers: one row. */
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
}
