import { inspect } from 'node:util';
import { Column, Index, PrimaryColumn } from 'typeorm';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { RegistryEntity } from '../database/sql/registry-entity.js';

/** Longest label, in characters. */
export const SECRET_LABEL_MAX_LENGTH = 1024;

/** Longest stored form of a secret, in characters. */
export const SECRET_HASH_MAX_LENGTH = 128;

/** Length of the hint of a generated secret, in characters. */
export const SECRET_HINT_LENGTH = 4;

/** Longest `client_id`, in characters. */
export const CLIENT_ID_MAX_LENGTH = 255;

/**
 * Whether a client can have this `client_id`; if not, the caller need not query the database.
 *
 * @throws OAuthError 400 when it is not a string, as a host may pass on `undefined`, which must not become the text `undefined`
 */
export function isPossibleId(id: string): boolean {
  if (typeof id !== 'string') throw OAuthError.invalidRequest(`A client_id must be a string; ${typeof id} was given.`);
  return id.length <= CLIENT_ID_MAX_LENGTH && !id.includes('\0') && id.isWellFormed();
}

/** One secret of a client. The newest is the current one; older ones stay valid until they expire or are removed. */
@RegistryEntity('oauth2_client_secret')
@Index('oauth2_client_secret_client_id', ['clientId'])
@Index('oauth2_client_secret_expires_at', ['expiresAt', 'id'], { where: '"expires_at" > 0' })
export class ClientSecret {
  @PrimaryColumn({ type: 'varchar', length: 36, collation: 'C', primaryKeyConstraintName: 'oauth2_client_secret_pkey' })
  id!: string;

  @Column({ name: 'client_id', type: 'varchar', length: CLIENT_ID_MAX_LENGTH, collation: 'C' })
  clientId!: string;

  /** Version of the client that added this secret. It orders secrets independently of the clocks of several processes. */
  @Column({ name: 'client_version', type: 'int', default: 1 })
  clientVersion!: number;

  /** Name that an operator gave the secret; `null` if none. */
  @Column({ type: 'varchar', length: SECRET_LABEL_MAX_LENGTH, nullable: true })
  label!: string | null;

  /** Stored form, which names its own algorithm, see {@link hashSecret}. Excluded from ordinary reads. */
  @Column({ type: 'varchar', length: SECRET_HASH_MAX_LENGTH, select: false })
  hash!: string;

  /** Last characters of a generated secret; `null` for a chosen one. */
  @Column({ type: 'varchar', length: SECRET_HINT_LENGTH, nullable: true })
  hint!: string | null;

  /** Time of creation in UTC, such as `2026-01-31T12:00:00.000Z`. */
  @Column({ name: 'created_at', type: 'varchar', length: 24, collation: 'C' })
  createdAt!: string;

  /** Expiry in seconds since the epoch; 0 = never. */
  @Column({ name: 'expires_at', type: 'bigint' })
  expiresAt!: number;

  /** Time of the last successful verification, to the minute, in UTC; `null` if there was none. */
  @Column({ name: 'last_used_at', type: 'varchar', length: 24, collation: 'C', nullable: true })
  lastUsedAt!: string | null;

  /** Everything except the hash, so that no log line or response can contain it. */
  toJSON(): object {
    return { ...this, hash: undefined };
  }

  [inspect.custom](): object {
    return this.toJSON();
  }
}
