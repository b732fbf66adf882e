import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { SECRET_LABEL_MAX_LENGTH, type ClientSecret } from '../../secrets/client-secret.entity.js';
import { EpochField, LifespanField, TextField } from './client-metadata.fields.js';
import { ChosenSecretField } from './client.dto.js';

/** Stands for the id of the oldest secret; real ids are UUIDs. */
export const OLDEST = 'oldest';

/** What a caller may say of a secret that is added. */
@ApiSchema({ name: 'oAuth2ClientSecretInput', description: 'A secret to add; empty for a generated one.' })
export class SecretInput {
  /** A secret of the caller's own choice, 6 to 1,024 bytes. Default: a strong one is made. */
  @ChosenSecretField()
  client_secret = '';
  @TextField('What you call it, such as where it is used.', {
    max: SECRET_LABEL_MAX_LENGTH,
    example: 'blue deployment',
  })
  label = '';
  @EpochField('When it ends, in seconds since the epoch; 0 = never.', 4102444800)
  expires_at = 0;
}

/** How a secret is rotated. */
@ApiSchema({ name: 'oAuth2ClientSecretRotation', description: 'How long the older secrets stay valid.' })
export class RotationInput {
  @LifespanField('The older secrets end after this time; `null` lets them stay until they are replaced.', '24h')
  grace: string | null = null;
}

/** A secret as the admin API shows it: everything but the secret. */
@ApiSchema({ name: 'oAuth2ClientSecret', description: 'A secret of a client. The newest is the current one.' })
export class SecretView {
  @ApiProperty({
    description: 'Identifies the secret.',
    format: 'uuid',
    example: '0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e',
  })
  id!: string;
  @ApiProperty({ description: 'What its owner calls it.', type: String, nullable: true, example: 'blue deployment' })
  label!: string | null;
  @ApiProperty({
    description: 'Its last four characters where it was generated; `null` for a chosen one.',
    type: String,
    nullable: true,
    example: 'x7Qa',
  })
  hint!: string | null;
  @ApiProperty({ description: 'When it was made, in UTC.', format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  created_at!: string;
  @ApiProperty({
    description: 'When it ends, in seconds since the epoch; 0 = never.',
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
   * @param secret a row; its hash is not among what is shown
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

/** A secret at the one moment at which it is shown in clear. */
@ApiSchema({ name: 'oAuth2ClientSecretAdded', description: 'The secret that was added, shown this once.' })
export class AddedSecretView extends SecretView {
  @ApiProperty({ description: 'The secret itself. No later answer shows it.', example: 'oacs_…' })
  client_secret!: string;
}
