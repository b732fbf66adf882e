import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';

/** A client that answers every registration that is the same as the one that made it. The row is removed with the client. */
@RegistryEntity('oauth2_client_shared')
@Index('oauth2_client_shared_client_id', ['clientId'])
export class SharedClient {
  /** SHA-256 of what makes registrations the same, in hexadecimal. */
  @PrimaryColumn({
    type: 'varchar',
    length: 64,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_shared_pkey',
  })
  digest!: string;

  /** The `client_id`. */
  @Column({ name: 'client_id', type: 'varchar', length: CLIENT_ID_MAX_LENGTH, collation: 'C' })
  clientId!: string;

  /** When the client was made, in UTC, as `2026-01-31T12:00:00.000Z`. */
  @Column({ name: 'created_at', type: 'varchar', length: 24, collation: 'C' })
  createdAt!: string;
}

/** The entities of clients that answer several registrations. */
export const sharedClientEntities = [SharedClient];
