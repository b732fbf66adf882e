import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/**
 * A stretch of the chain whose changes were pruned, and what is needed to verify the rest without them. Adjacent stretches are merged into one. See
 * docs/decisions/0008-journal.md.
 */
@RegistryEntity('oauth2_client_journal_gap')
@Index('oauth2_client_journal_gap_first', ['first'])
export class JournalGap {
  /** Position of the last change that was pruned. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'oauth2_client_journal_gap_pkey' })
  last!: string;

  /** Position of the first change that was pruned. */
  @Column({ type: 'bigint' })
  first!: string;

  /** Seal of the change before the first; empty at the beginning of the chain. */
  @Column({ type: 'varchar', length: 64 })
  before!: string;

  /** Seal of the last change. */
  @Column({ type: 'varchar', length: 64 })
  seal!: string;

  /** When the latest of them was pruned, in UTC. */
  @Column({ name: 'pruned_at', type: 'varchar', length: 24, collation: 'C' })
  prunedAt!: string;

  /** Digest of all of this, in hexadecimal, under the key of the seals: it is as hard to forge as they are. */
  @Column({ type: 'varchar', length: 64 })
  proof!: string;
}
