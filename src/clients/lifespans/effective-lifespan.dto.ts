import { ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';

/** How long a token of a client lives, and whether the client or the default of the registry sets that. */
@ApiSchema({
  name: 'oAuth2ClientEffectiveLifespan',
  description: 'How long a token lives, and whether the client or the default of the registry says so.',
})
export class EffectiveLifespan {
  @ApiProperty({
    description: 'Whole seconds, rounded down; 0 = the token has expired when it is issued.',
    type: 'integer',
    format: 'int64',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    example: 3600,
  })
  readonly seconds!: number;
  @ApiProperty({
    description: '`client` if the client has this lifespan, `default` if it is unset.',
    enum: ['client', 'default'],
    example: 'default',
  })
  readonly source!: 'client' | 'default';
  @ApiProperty({
    required: false,
    description:
      'Present, and true, if the lifespan is longer: `seconds` is then 9007199254740991, the largest number that every JSON parser reads exactly (RFC 8259 §6).',
    type: Boolean,
    example: true,
  })
  readonly clamped?: true;
}

/** Schema of lifespans by `grant_type` and by kind of token, as maps in which programs look up keys. */
export const LIFESPANS_SCHEMA = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(EffectiveLifespan) },
  },
} as const;
