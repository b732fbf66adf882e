import { Column, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/** The end of the chain: one row, which the sealer locks. */
@RegistryEntity('oauth2_client_journal_head')
export class JournalHead {
  /** Always 1. */
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'oauth2_client_journal_head_pkey' })
  id!: number;

  /** Position of the last sealed change; 0 before the first. */
  @Column({ type: 'bigint' })
  position!: string;

  /** Its seal; empty before the first. */
  @Column({ type: 'varchar', length: 64 })
  seal!: string;

  /** When it was sealed, in UTC; empty before the first. */
  @Column({ name: 'sealed_at', type: 'varchar', length: 24, collation: 'C' })
  sealedAt!: string;

  /** Position up to which superseded changes are pruned; 0 before the first pruning. */
  @Column({ name: 'pruned_to', type: 'bigint', default: 0 })
  prunedTo!: string;
}
