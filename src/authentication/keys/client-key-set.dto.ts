import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** Where the keys of a client come from: the member of the client that names them. */
export const KEY_SOURCES = ['jwks', 'jwks_uri', 'none'] as const;

/** A public key, described by its members apart from the key material. */
@ApiSchema({ name: 'oAuth2ClientKey', description: 'A key of a client, as its JWK Set describes it.' })
export class ClientKeyView {
  @ApiPropertyOptional({ description: 'Key ID.', example: '2026-01' })
  kid?: string;
  @ApiPropertyOptional({ description: 'Key type.', example: 'EC' })
  kty?: string;
  @ApiPropertyOptional({ description: 'What the key is for.', example: 'sig' })
  use?: string;
  @ApiPropertyOptional({ description: 'Algorithm that the key is used with.', example: 'ES256' })
  alg?: string;
}

/** What is known about the keys of a client. */
@ApiSchema({ name: 'oAuth2ClientKeySet', description: 'What is known of the keys of a client.' })
export class ClientKeySetView {
  @ApiProperty({
    description: 'Member of the client that says where the keys are; `none` if the client has no keys.',
    enum: KEY_SOURCES,
    example: 'jwks_uri',
  })
  source!: (typeof KEY_SOURCES)[number];
  @ApiProperty({
    description: 'The keys; of those at a `jwks_uri`, the ones that this process may use now.',
    type: [ClientKeyView],
  })
  keys!: ClientKeyView[];
  @ApiProperty({
    description: 'When this process fetched the keys at the `jwks_uri`, in UTC; `null` if it has not.',
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-31T12:00:00.000Z',
  })
  fetched_at!: string | null;
  @ApiProperty({
    description: 'Why the latest fetch failed; `null` if it did not, or there was none.',
    type: String,
    nullable: true,
    example: 'its answer was 503, not 200',
  })
  last_error!: string | null;
  @ApiProperty({
    description: 'When that fetch failed, in UTC.',
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-31T12:10:00.000Z',
  })
  last_error_at!: string | null;
}
