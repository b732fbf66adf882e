import { inspect } from 'node:util';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** Longest label, in characters. */
export const SECRET_LABEL_MAX_LENGTH = 1024;

/** One secret of a client. The newest is the current one; older ones stay valid until they end. */
@Entity({ name: 'oauth2_client_secret' })
@Index('oauth2_client_secret_client_id', ['clientId'])
export class ClientSecret {
  @PrimaryColumn({ type: 'varchar', length: 36, collation: 'C', primaryKeyConstraintName: 'oauth2_client_secret_pkey' })
  id!: string;

  @Column({ name: 'client_id', type: 'varchar', length: 255, collation: 'C' })
  clientId!: string;

  /** Version of the client that it came with: the order of secrets, whatever the clocks of several processes say. */
  @Column({ name: 'client_version', type: 'int', default: 1 })
  clientVersion!: number;

  /** What its owner calls it; `null` when nobody said. */
  @Column({ type: 'varchar', length: SECRET_LABEL_MAX_LENGTH, nullable: true })
  label!: string | null;

  /** Self-describing stored form, see `hashSecret`. */
  @Column({ type: 'varchar', length: 128, select: false })
  hash!: string;

  /** Last four characters of a generated secret; `null` for a chosen one. */
  @Column({ type: 'varchar', length: 4, nullable: true })
  hint!: string | null;

  /** UTC, `2026-01-31T12:00:00.000Z`. */
  @Column({ name: 'created_at', type: 'varchar', length: 24, collation: 'C' })
  createdAt!: string;

  /** Seconds since the epoch, 0 = never. */
  @Column({ name: 'expires_at', type: 'bigint' })
  expiresAt!: number;

  @Column({ name: 'last_used_at', type: 'varchar', length: 24, collation: 'C', nullable: true })
  lastUsedAt!: string | null;

  /** By name: secrets know of clients only that they have one. */
  @ManyToOne('Client', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'client_id', foreignKeyConstraintName: 'oauth2_client_secret_client_id_fkey' })
  client?: unknown;

  /** Everything but the hash: logs and answers get no other form. */
  toJSON(): object {
    return { ...this, hash: undefined };
  }

  [inspect.custom](): object {
    return this.toJSON();
  }
}
