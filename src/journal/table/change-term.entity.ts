import { PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

/** Longest value of a term, in characters: an owner fits. A longer one is stored as its digest. */
export const CHANGE_TERM_MAX_LENGTH = 512;

/** One value by which sealed changes are found. The sealer writes it, so that writers of changes do not wait for it. */
@RegistryEntity('oauth2_client_change_term')
export class ChangeTerm {
  /** The name of the filter. */
  @PrimaryColumn({
    type: 'varchar',
    length: 16,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_change_term_pkey',
  })
  kind!: string;

  @PrimaryColumn({
    type: 'varchar',
    length: CHANGE_TERM_MAX_LENGTH,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_change_term_pkey',
  })
  value!: string;

  /** Position of the change. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'oauth2_client_change_term_pkey' })
  position!: string;
}
