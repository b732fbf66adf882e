import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';

const KEY = { type: 'varchar', collation: 'C', primaryKeyConstraintName: 'oauth2_client_assertion_pkey' } as const;

/** An assertion that authenticated its client, and must not do so again. */
@RegistryEntity('oauth2_client_assertion')
@Index('oauth2_client_assertion_expires_at', ['expiresAt'])
export class UsedAssertion {
  @PrimaryColumn({ name: 'client_id', length: CLIENT_ID_MAX_LENGTH, ...KEY })
  clientId!: string;

  /** SHA-256 of its `jti`, base64url. */
  @PrimaryColumn({ name: 'jti_digest', length: 43, ...KEY })
  jtiDigest!: string;

  /** Time from which it is rejected for its age, in seconds since the epoch. */
  @Column({ name: 'expires_at', type: 'bigint' })
  expiresAt!: number;
}

/** The entities of assertions. */
export const assertionEntities = [UsedAssertion];
