import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ALL_SCOPES } from '../access/scopes.js';
import { SchemaWith } from '../clients/metadata/values/schema-with.js';
import { BodyClass } from '../fields/body-class.decorator.js';
import { ListField, TextField } from '../fields/text-fields.js';
import { EpochField } from '../fields/value-fields.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { KEY_NAME_MAX_LENGTH, KEY_OWNER_MAX_LENGTH } from './api-key.entity.js';

/** An id in examples. */
export const SAMPLE_KEY_ID = '5f0c7c1e-3a5b-4b0e-9d55-6a1f0f3f2b11';

const NAMES: ReadonlySet<string> = new Set(ALL_SCOPES);

function scopeFault(name: string): string | undefined {
  return NAMES.has(name) ? undefined : `must be one of ${ALL_SCOPES.join(', ')}`;
}

function nameFault(name: string): string | undefined {
  return name.trim() === '' ? 'must not be blank' : undefined;
}

/** The body of a request that makes an API key. */
@SchemaWith({ name: 'apiKeyInput', description: 'An API key to make.', required: ['name', 'scopes'] })
@BodyClass({ refuse: (faults) => OAuthError.invalidMembers(faults) })
export class ApiKeyInput {
  @TextField('Name of the key, such as who uses it.', { max: KEY_NAME_MAX_LENGTH, check: nameFault, example: 'ci' })
  name = '';
  @ListField('What the key may do; at most what the caller may do.', {
    max: 64,
    check: scopeFault,
    example: ['clients:read', 'secrets:write'],
  })
  scopes: string[] = [];
  @TextField(
    'The only owner whose clients the key sees and changes. Left out, it is that of the caller; if the caller has none, the key sees all clients.',
    { max: KEY_OWNER_MAX_LENGTH, example: 'team-orders' },
  )
  owner = '';
  @EpochField('When the key ends, in seconds since the epoch; 0 = never.', 4102444800)
  expires_at = 0;
}

/** Who made an API key, or an initial access token. */
@ApiSchema({ name: 'apiKeyMaker', description: 'Who made an API key, or an initial access token.' })
export class KeyMaker {
  @ApiProperty({ description: 'How it was identified.', example: 'api_key' })
  type!: string;
  @ApiProperty({ description: 'Its identifier, unique within the type.', example: 'ADMIN_API_KEY' })
  id!: string;
}

/** An API key as the admin API shows it: what is known of it, but not the key itself. */
@ApiSchema({ name: 'apiKey', description: 'What is known of an API key.' })
export class ApiKeyView {
  @ApiProperty({ description: 'Identifies the key.', format: 'uuid', example: SAMPLE_KEY_ID })
  id!: string;
  @ApiProperty({ description: 'Name of the key.', example: 'ci' })
  name!: string;
  @ApiProperty({ description: 'What it may do.', type: [String], example: ['clients:read', 'secrets:write'] })
  scopes!: string[];
  @ApiProperty({
    description: 'The only owner whose clients it sees and changes; `""` for those of all owners.',
    example: 'team-orders',
  })
  owner!: string;
  @ApiProperty({
    description: 'When it ends, in seconds since the epoch; 0 = never.',
    type: 'integer',
    format: 'int64',
    example: 4102444800,
  })
  expires_at!: number;
  @ApiProperty({
    description: 'When it last let somebody in, in UTC, to the minute; `null` if it has not.',
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-31T12:30:00.000Z',
  })
  last_used_at!: string | null;
  @ApiProperty({ description: 'When it was made, in UTC.', format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  created_at!: string;
  @ApiProperty({ description: 'Who made it.', type: KeyMaker })
  created_by!: KeyMaker;
}

/** An API key in the response to its creation, the only one that shows it in clear. */
@ApiSchema({ name: 'apiKeyMade', description: 'The API key that was made, in clear.' })
export class MadeApiKeyView extends ApiKeyView {
  @ApiProperty({ description: 'The key itself. No later response shows it.', example: 'oaak_…' })
  key!: string;
}
