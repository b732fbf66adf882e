import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';

const BYTEWISE = { type: 'varchar', collation: 'C' } as const;
const ID = { ...BYTEWISE, length: 255, nullable: true } as const;

/** An artifact that a provider stores: a token, a code, a grant, a session, an interaction. */
@RegistryEntity('oidc_provider_artifact')
@Index('oidc_provider_artifact_grant_id', ['grantId'], { where: '"grant_id" IS NOT NULL' })
@Index('oidc_provider_artifact_uid', ['uid'], { where: '"uid" IS NOT NULL' })
@Index('oidc_provider_artifact_user_code', ['userCode'], { where: '"user_code" IS NOT NULL' })
@Index('oidc_provider_artifact_expires_at', ['expiresAt'])
export class ProviderArtifact {
  /** SHA-256 of model and identifier, base64url. A hash, because the identifier of a token is the token itself. */
  @PrimaryColumn({ ...BYTEWISE, length: 43, primaryKeyConstraintName: 'oidc_provider_artifact_pkey' })
  id!: string;

  /** Name of its model, such as `AccessToken`. */
  @Column({ ...BYTEWISE, length: 64 })
  model!: string;

  /** Its members, JSON as text. Contains its identifier only if it is also looked up by another one. */
  @Column({ type: 'text' })
  payload!: string;

  /** The grant that it belongs to; `null` for none. */
  @Column({ name: 'grant_id', ...ID })
  grantId!: string | null;

  /** The lasting identifier of a session; `null` for other models. */
  @Column(ID)
  uid!: string | null;

  /** The code that the user of a device types; `null` for all models but device codes. */
  @Column({ name: 'user_code', ...ID })
  userCode!: string | null;

  /** When it was used, in seconds since the epoch; `null` until then. */
  @Column({ name: 'consumed_at', type: 'bigint', nullable: true })
  consumedAt!: number | null;

  /** When it ends, in seconds since the epoch; `null` for never. */
  @Column({ name: 'expires_at', type: 'bigint', nullable: true })
  expiresAt!: number | null;
}
