import { Column, Index, PrimaryGeneratedColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';
import { NAME_MAX_LENGTH } from '../metadata/client-metadata.js';

/** A removed client with all that brings it back, written by the statement that removes it. */
@RegistryEntity('oauth2_client_tombstone')
@Index('oauth2_client_tombstone_client_id', ['clientId', 'seq'])
@Index('oauth2_client_tombstone_owner', ['owner', 'seq'])
@Index('oauth2_client_tombstone_deleted_at', ['deletedAt'])
export class Tombstone {
  /** Drawn by the database while the row of the client is locked: the removals of one client_id are in their order. */
  @PrimaryGeneratedColumn({ type: 'bigint', primaryKeyConstraintName: 'oauth2_client_tombstone_pkey' })
  seq!: string;

  @Column({ name: 'client_id', type: 'varchar', length: CLIENT_ID_MAX_LENGTH, collation: 'C' })
  clientId!: string;

  /** The `tag` of the client: it distinguishes the lives of an id. */
  @Column({ type: 'varchar', length: 16 })
  tag!: string;

  /** The version that the removal made. */
  @Column({ type: 'int' })
  version!: number;

  @Column({ type: 'varchar', length: NAME_MAX_LENGTH, collation: 'C' })
  owner!: string;

  /** The client as it was, as in its row. */
  @Column({ type: 'text' })
  document!: string;

  /** As in the row of the client. */
  @Column({ type: 'text', nullable: true })
  suspended!: string | null;

  /** JSON list of the rows of its secrets, hashes included. Not selected but to bring the client back. */
  @Column({ type: 'text', select: false })
  secrets!: string;

  /** As in the row of the client. Not selected but to bring the client back. */
  @Column({ name: 'registration_token_digest', type: 'varchar', length: 64, select: false })
  registrationTokenDigest!: string;

  /** As in the row of the client. */
  @Column({ name: 'registered_via', type: 'text', nullable: true })
  registeredVia!: string | null;

  @Column({ name: 'created_at', type: 'varchar', length: 24, collation: 'C' })
  createdAt!: string;

  /** When it was removed, in UTC, as `2026-01-31T12:00:00.000Z`. */
  @Column({ name: 'deleted_at', type: 'varchar', length: 24, collation: 'C' })
  deletedAt!: string;

  /** Who removed it, as a JSON object. */
  @Column({ name: 'deleted_by', type: 'text' })
  deletedBy!: string;
}
