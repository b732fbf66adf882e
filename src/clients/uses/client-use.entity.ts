import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';

const TIME = { type: 'varchar', length: 24, collation: 'C' } as const;

/**
 * When a client was used last. It is no part of the client: a use makes no version, no entity tag and no row of the journal. The row is
 * made with the client and removed with it, so that an index holds the clients that were never used, too.
 */
@RegistryEntity('oauth2_client_use')
@Index('oauth2_client_use_unused_since', ['unusedSince', 'clientId'])
export class ClientUse {
  @PrimaryColumn({
    name: 'client_id',
    type: 'varchar',
    length: CLIENT_ID_MAX_LENGTH,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_use_pkey',
  })
  clientId!: string;

  /** Time of the last use that is known, to the minute, in UTC; `null` if there is none. */
  @Column({ name: 'last_used_at', nullable: true, ...TIME })
  lastUsedAt!: string | null;

  /**
   * The later of that time and the one from which on uses were noted: when the client was created or restored, or, if it is older, when the
   * registry began to note uses.
   */
  @Column({ name: 'unused_since', ...TIME })
  unusedSince!: string;
}
