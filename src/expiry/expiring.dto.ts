import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** The kinds of entries in the list of what ends soon. */
export const ENDING_KINDS = ['secret', 'api_key', 'registration_token'] as const;

/** A secret of a client, an API key or an initial access token that ends soon, without its value or a hash of it. */
@ApiSchema({
  name: 'oAuth2Expiring',
  description: 'A secret of a client, an API key or an initial access token that ends soon.',
})
export class ExpiringView {
  @ApiProperty({ description: 'What it is.', enum: ENDING_KINDS, example: 'secret' })
  kind!: (typeof ENDING_KINDS)[number];
  @ApiProperty({
    description: 'Identifies the secret among those of its client, the API key, or the initial access token.',
    format: 'uuid',
    example: '0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e',
  })
  id!: string;
  @ApiProperty({
    description: 'The client whose secret it is; `null` for anything else.',
    type: String,
    nullable: true,
    example: 'orders-web',
  })
  client_id!: string | null;
  @ApiProperty({
    description:
      'The label of the secret, `null` if it has none, the name of the API key, or the label of the initial access token.',
    type: String,
    nullable: true,
    example: 'blue deployment',
  })
  name!: string | null;
  @ApiProperty({
    description: 'The owner of the client, of the API key or of the initial access token; `""` if it has none.',
    example: 'team-orders',
  })
  owner!: string;
  @ApiProperty({
    description: 'When it ends, in seconds since the epoch.',
    type: 'integer',
    format: 'int64',
    example: 4102444800,
  })
  expires_at!: number;
}
