import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';

const TIME = { type: 'varchar', length: 24, collation: 'C' } as const;

/**
 * When a client was last used. It is not part of the client: a use does not change its version or entity tag, and writes no row of the
 * journal. The row is inserted and removed with the client, so that an index also holds the clients that were never used.
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

  /** Time of the last known use, to the minute, in UTC; `null` if there is none. */
  @Column({ name: 'last_used_at', nullable: true, ...TIME })
  lastUsedAt!: string | null;

  /**
   * The later of the last use and the start of recording: when the client was created or restored, or, if it is older, when the registry
   * began to record uses.
   */
  @Column({ name: 'unused_since', ...TIME })
  unusedSince!: string;
}
