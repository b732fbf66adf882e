import { Column, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/** The key of the only row. */
export const ONLY_REPORT = 1;

/**
 * Since when uses of clients are known: the time at which the first one was written. Without a row none was ever written, and that a client
 * has no use says nothing. The row never changes.
 */
@RegistryEntity('oauth2_client_first_report')
export class FirstReport {
  /** Always {@link ONLY_REPORT}. */
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'oauth2_client_first_report_pkey' })
  id!: number;

  /**
   * When it was written, in UTC, as `2026-01-31T12:00:00.000Z`. It is not the time of that use: whoever reports may begin with a use that
   * is long over.
   */
  @Column({ name: 'reported_at', type: 'varchar', length: 24, collation: 'C' })
  reportedAt!: string;
}
