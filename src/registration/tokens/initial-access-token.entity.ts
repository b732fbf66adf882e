import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { KEY_OWNER_MAX_LENGTH } from '../../keys/api-key.entity.js';

/** Longest label of an initial access token, in characters. */
export const LABEL_MAX_LENGTH = 255;
/** Longest name of a policy, in characters. */
export const POLICY_NAME_MAX_LENGTH = 64;

/** An initial access token (RFC 7591 §1.2), with which clients register themselves. The token itself is not stored. */
@RegistryEntity('oauth2_client_initial_token')
@Index('oauth2_client_initial_token_key', ['digest'], { unique: true })
export class InitialAccessToken {
  /** UUID. */
  @PrimaryColumn({
    type: 'varchar',
    length: 36,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_initial_token_pkey',
  })
  id!: string;

  /** Label, for people. */
  @Column({ type: 'varchar', length: LABEL_MAX_LENGTH })
  label!: string;

  /** Name of the policy that its registrations follow. */
  @Column({ type: 'varchar', length: POLICY_NAME_MAX_LENGTH, collation: 'C' })
  policy!: string;

  /** The owner of the clients that register with it, and of the token; `''` for none. */
  @Column({ type: 'varchar', length: KEY_OWNER_MAX_LENGTH, collation: 'C' })
  owner!: string;

  /** SHA-256 of the token in hexadecimal. Excluded from ordinary reads. */
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

  /** How many clients can register with it; 0 = any number. */
  @Column({ name: 'max_uses', type: 'integer' })
  maxUses!: number;

  /** How many clients have registered with it. */
  @Column({ type: 'integer' })
  uses!: number;

  /** When a client last registered with it, in UTC, as `2026-01-31T12:00:00.000Z`; `null` if none has. */
  @Column({ name: 'last_used_at', type: 'varchar', length: 24, collation: 'C', nullable: true })
  lastUsedAt!: string | null;
}

/** The entities of initial access tokens. */
export const registrationTokenEntities = [InitialAccessToken];
