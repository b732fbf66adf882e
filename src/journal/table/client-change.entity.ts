import { Column, Index, PrimaryGeneratedColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';

/** Longest owner, in characters. */
const OWNER_MAX_LENGTH = 512;

/**
 * One change of a client, written by the statement that changes the client: audit trail, history and outbox in one. The sealer later gives it a
 * place in the chain. See docs/decisions/0008-journal.md.
 */
@RegistryEntity('oauth2_client_change')
@Index('oauth2_client_change_client_id', ['clientId', 'seq'])
@Index('oauth2_client_change_unsealed', ['seq'], { where: '"position" IS NULL' })
@Index('oauth2_client_change_position', ['position'], { unique: true, where: '"position" IS NOT NULL' })
@Index('oauth2_client_change_sealed_at', ['sealedAt', 'position'], { where: '"position" IS NOT NULL' })
export class ClientChange {
  /** Drawn by the database while the row of the client is locked: one client's changes are in the order of their commits. */
  @PrimaryGeneratedColumn({ type: 'bigint', primaryKeyConstraintName: 'oauth2_client_change_pkey' })
  seq!: string;

  /** UUID, version 7. */
  @Column({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ name: 'client_id', type: 'varchar', length: CLIENT_ID_MAX_LENGTH, collation: 'C' })
  clientId!: string;

  /** The `tag` of the client: it distinguishes the lives of an id. */
  @Column({ type: 'varchar', length: 16 })
  tag!: string;

  /** The version that the change made. */
  @Column({ type: 'int' })
  version!: number;

  /** Copy of the client's `owner` after the change. */
  @Column({ type: 'varchar', length: OWNER_MAX_LENGTH, collation: 'C' })
  owner!: string;

  /** When it was made, in UTC, as `2026-01-31T12:00:00.000Z`. */
  @Column({ type: 'varchar', length: 24, collation: 'C' })
  at!: string;

  /** JSON list of {@link ChangeKind}s. */
  @Column({ type: 'text' })
  kinds!: string;

  /** The client after the change, as the admin API shows it, as JSON text; for a deletion, its last state. */
  @Column({ type: 'text' })
  document!: string;

  /** JSON list of what is known of each secret after the change, the newest first: never a hash. */
  @Column({ type: 'text' })
  secrets!: string;

  /** Who made it, as a JSON object. */
  @Column({ type: 'text' })
  actor!: string;

  /** JSON list of the names of the top-level members that changed. */
  @Column({ type: 'text' })
  members!: string;

  /** Place in the chain, from 1; `null` until the change is sealed. */
  @Column({ type: 'bigint', nullable: true })
  position!: string | null;

  /** When it was sealed, in UTC, never earlier than the change before it in the chain; `null` until then. */
  @Column({ name: 'sealed_at', type: 'varchar', length: 24, collation: 'C', nullable: true })
  sealedAt!: string | null;

  /** Digest of the chain up to and including this change, in hexadecimal; `null` until it is sealed. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  seal!: string | null;
}
