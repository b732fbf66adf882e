import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { SECRET_LABEL_MAX_LENGTH, type ClientSecret } from '../../secrets/client-secret.entity.js';
import { TextField } from '../../fields/text-fields.js';
import { EpochField } from '../../fields/value-fields.js';
import { LifespanField } from './values/lifespan.field.js';
import { ChosenSecretField, SecretHashField } from './client.dto.js';

/** Stands for the id of the oldest secret; real ids are UUIDs. */
export const OLDEST = 'oldest';

/** The body of a request that adds a secret. */
@ApiSchema({ name: 'oAuth2ClientSecretInput', description: 'A secret to add; an empty object for a generated one.' })
export class SecretInput {
  /** A secret that the caller chooses, 6 to 1,024 bytes. Default: the registry generates a strong one. */
  @ChosenSecretField()
  client_secret = '';
  /** A hash of the secret made by another system, as for `ClientInput`. Default none. */
  @SecretHashField()
  client_secret_hash = '';
  @TextField('A name for the secret, such as where it is used.', {
    max: SECRET_LABEL_MAX_LENGTH,
    example: 'blue deployment',
  })
  label = '';
  @EpochField('When it expires, in seconds since the epoch; 0 = never.', 4102444800)
  expires_at = 0;
}

/** The body of a request that rotates the secret. */
@ApiSchema({ name: 'oAuth2ClientSecretRotation', description: 'How long the older secrets stay valid.' })
export class RotationInput {
  @LifespanField('The older secrets expire after this time; `null` keeps them until they are replaced.', '24h')
  grace: string | null = null;
}

/** A secret as the admin API shows it: what is known of it, but not the secret itself. */
@ApiSchema({ name: 'oAuth2ClientSecret', description: 'A secret of a client. The newest is the current one.' })
export class SecretView {
  @ApiProperty({
    description: 'Identifies the secret.',
    format: 'uuid',
    example: '0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e',
  })
  id!: string;
  @ApiProperty({
    description: 'The name of the secret; `null` if it has none.',
    type: String,
    nullable: true,
    example: 'blue deployment',
  })
  label!: string | null;
  @ApiProperty({
    description: 'Its last four characters if it was generated; `null` for a chosen one.',
    type: String,
    nullable: true,
    example: 'x7Qa',
  })
  hint!: string | null;
  @ApiProperty({
    description: 'When it was created, in UTC.',
    format: 'date-time',
    example: '2026-01-31T12:00:00.000Z',
  })
  created_at!: string;
  @ApiProperty({
    description: 'When it expires, in seconds since the epoch; 0 = never.',
    type: 'integer',
    format: 'int64',
    example: 0,
  })
  expires_at!: number;
  @ApiProperty({
    description: 'When it last authenticated the client, in UTC, to the minute.',
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-31T12:30:00.000Z',
  })
  last_used_at!: string | null;

  /**
   * @internal
   * @param secret a row; its hash is not shown
   */
  static of({ id, label, hint, createdAt, expiresAt, lastUsedAt }: ClientSecret): SecretView {
    return {
      id,
      label,
      hint,
      created_at: createdAt,
      expires_at: expiresAt,
      last_used_at: lastUsedAt,
    };
  }
}

/** A secret in the response to the request that adds it. No other response shows it in clear. */
@ApiSchema({ name: 'oAuth2ClientSecretAdded', description: 'The secret that was added, in clear.' })
export class AddedSecretView extends SecretView {
  @ApiPropertyOptional({
    description: 'The secret itself, unless only its hash is known. No later response shows it.',
    example: 'oacs_…',
  })
  client_secret?: string;
}

/**
 * A secret that was just added. As JSON, in a log or as a copy, it shows only its {@link SecretView}. To pass the secret on, read
 * {@link AddedSecret.client_secret} or {@link AddedSecret.shown}.
 */
export class AddedSecret extends SecretView {
  /** `#` rather than `private`: serializers, loggers and copies of the object do not see it. */
  readonly #clear: string;

  /**
   * @internal
   * @param secret its row
   * @param clear the secret itself; `''` when only its hash is known
   */
  constructor(secret: ClientSecret, clear: string) {
    super();
    Object.assign(this, SecretView.of(secret));
    this.#clear = clear;
  }

  /** The secret itself; `''` when only its hash is known. No later answer shows it. */
  get client_secret(): string {
    return this.#clear;
  }

  /** The secret with {@link client_secret}, as the admin API shows it now. */
  get shown(): AddedSecretView {
    return { ...(this as SecretView), ...(this.#clear && { client_secret: this.#clear }) };
  }
}
