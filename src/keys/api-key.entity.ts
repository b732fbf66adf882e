import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../database/sql/registry-entity.js';

/** Longest name of an API key, in characters. */
export const KEY_NAME_MAX_LENGTH = 255;
/** Longest owner, in characters. */
export const KEY_OWNER_MAX_LENGTH = 512;

/** An API key. The key itself is stored nowhere. */
@RegistryEntity('oauth2_client_api_key')
@Index('oauth2_client_api_key_digest', ['digest'], { unique: true })
export class ApiKey {
  /** UUID. */
  @PrimaryColumn({
    type: 'varchar',
    length: 36,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_api_key_pkey',
  })
  id!: string;

  /** Name, for people. */
  @Column({ type: 'varchar', length: KEY_NAME_MAX_LENGTH })
  name!: string;

  /** What it may do, separated by blanks (RFC 6749 §3.3). */
  @Column({ type: 'text' })
  scopes!: string;

  /** The only owner whose clients it sees and changes; `''` for those of all owners. */
  @Column({ type: 'varchar', length: KEY_OWNER_MAX_LENGTH, collation: 'C' })
  owner!: string;

  /** SHA-256 of the key in hexadecimal. Excluded from ordinary reads. */
  @Column({ type: 'varchar', length: 64, collation: 'C', select: false })
  digest!: string;

  /** When it was made, in UTC, as `2026-01-31T12:00:00.000Z`. */
  @Column({ name: 'created_at', type: 'varchar', length: 24, collation: 'C' })
  createdAt!: string;

  /** Who made it: a JSON object with `type` and `id` of the principal. */
  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  /** When it ends, in seconds since the epoch; 0 = never. */
  @Column({ name: 'expires_at', type: 'bigint' })
  expiresAt!: number;

  /** When it last authenticated a request, in UTC, to the minute; `null` if it never has. */
  @Column({ name: 'last_used_at', type: 'varchar', length: 24, collation: 'C', nullable: true })
  lastUsedAt!: string | null;
}

/** The entities of API keys. */
export const keyEntities = [ApiKey];
