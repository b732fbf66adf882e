import { Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';
import type { TermKind } from '../metadata/search-kinds.js';
import { TERM_MAX_LENGTH } from '../metadata/search-terms.js';

/** One searchable value of a client: a member that holds several values becomes one row for each of them. */
@RegistryEntity('oauth2_client_term')
@Index('oauth2_client_term_client_id', ['clientId'])
export class ClientTerm {
  @PrimaryColumn({ type: 'varchar', length: 16, collation: 'C', primaryKeyConstraintName: 'oauth2_client_term_pkey' })
  kind!: TermKind;

  /** The value, or the digest of a long one, see `termValue`. */
  @PrimaryColumn({
    type: 'varchar',
    length: TERM_MAX_LENGTH,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_term_pkey',
  })
  value!: string;

  @PrimaryColumn({
    name: 'client_id',
    type: 'varchar',
    length: CLIENT_ID_MAX_LENGTH,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_term_pkey',
  })
  clientId!: string;
}
