import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';

/** Longest description of what went wrong, in characters. */
const PROBLEM_MAX_LENGTH = 255;

/**
 * A change or a notice that was not delivered although the webhook's cursor has passed it: its delivery failed, or it waits behind an
 * earlier change of the same client.
 */
@RegistryEntity('oauth2_client_webhook_delivery')
@Index('oauth2_client_webhook_delivery_client_id', ['webhookId', 'state', 'clientId', 'position'])
export class WebhookDelivery {
  @PrimaryColumn({
    name: 'webhook_id',
    type: 'varchar',
    length: 36,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_webhook_delivery_pkey',
  })
  webhookId!: string;

  /** Position of the change; for a notice, its own position, negated. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'oauth2_client_webhook_delivery_pkey' })
  position!: string;

  @Column({ name: 'client_id', type: 'varchar', length: CLIENT_ID_MAX_LENGTH, collation: 'C' })
  clientId!: string;

  /** Id of the change or of the notice, which the receiver knows as `webhook-id`. */
  @Column({ name: 'change_id', type: 'varchar', length: 36 })
  changeId!: string;

  /** `waiting`, or `parked` when it is no longer tried. */
  @Column({ type: 'varchar', length: 8, collation: 'C' })
  state!: 'waiting' | 'parked';

  /** Since when it has been late, in UTC. */
  @Column({ type: 'varchar', length: 24, collation: 'C' })
  since!: string;

  @Column({ type: 'int' })
  attempts!: number;

  /** When it was last tried, in UTC; `''` before the first attempt. */
  @Column({ name: 'attempted_at', type: 'varchar', length: 24, collation: 'C' })
  attemptedAt!: string;

  /** Earliest time of the next attempt, in UTC; `''` when it only waits for earlier changes of its client, or is parked. */
  @Column({ name: 'next_at', type: 'varchar', length: 24, collation: 'C' })
  nextAt!: string;

  /** Status of the last answer; `null` without one. */
  @Column({ type: 'int', nullable: true })
  status!: number | null;

  /** What went wrong last; `''` when nothing has. */
  @Column({ type: 'varchar', length: PROBLEM_MAX_LENGTH })
  problem!: string;
}
