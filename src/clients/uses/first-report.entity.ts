import { Column, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/** Primary key of the only row. */
export const ONLY_REPORT = 1;

/**
 * Since when uses of clients are known: the time at which the first one was written. Without a row, no use was ever written, and a client
 * without a use may still be in use. The row never changes.
 */
@RegistryEntity('oauth2_client_first_report')
export class FirstReport {
  /** Always {@link ONLY_REPORT}. */
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'oauth2_client_first_report_pkey' })
  id!: number;

  /**
   * When the first use was written, in UTC, as `2026-01-31T12:00:00.000Z`. This is not the time of that use: the first report may be about a
   * use long ago.
   */
  @Column({ name: 'reported_at', type: 'varchar', length: 24, collation: 'C' })
  reportedAt!: string;
}
