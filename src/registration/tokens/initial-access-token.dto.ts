import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { SchemaWith } from '../../clients/metadata/values/schema-with.js';
import { BodyClass } from '../../fields/body-class.decorator.js';
import { TextField } from '../../fields/text-fields.js';
import { CountField, EpochField } from '../../fields/value-fields.js';
import { KeyMaker } from '../../keys/api-key.dto.js';
import { KEY_OWNER_MAX_LENGTH } from '../../keys/api-key.entity.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { DEFAULT_POLICY, isPolicyName } from '../policy/registration-policies.js';
import { LABEL_MAX_LENGTH, POLICY_NAME_MAX_LENGTH } from './initial-access-token.entity.js';

/** An id in examples. */
export const SAMPLE_TOKEN_ID = '3d0a5b52-90c5-4c0b-8f0b-7a0c52d6a1de';

function labelFault(label: string): string | undefined {
  return label.trim() === '' ? 'must not be blank' : undefined;
}

function policyFault(name: string): string | undefined {
  return isPolicyName(name) ? undefined : 'must be the name of a policy: letters, digits, _, - and .';
}

/** The body of a request that makes an initial access token. */
@SchemaWith({
  name: 'initialAccessTokenInput',
  description: 'An initial access token (RFC 7591 §1.2) to make.',
  required: ['label'],
})
@BodyClass({ refuse: (faults) => OAuthError.invalidMembers(faults) })
export class InitialAccessTokenInput {
  @TextField('Label of the token, such as who gets it. The clients that register with it keep it.', {
    max: LABEL_MAX_LENGTH,
    check: labelFault,
    example: 'partner-orders',
  })
  label = '';
  @TextField('Name of the policy that its registrations follow.', {
    max: POLICY_NAME_MAX_LENGTH,
    check: policyFault,
    example: DEFAULT_POLICY,
  })
  policy = DEFAULT_POLICY;
  @TextField(
    'The owner of the clients that register with it. Left out, it is that of the caller, if the caller has one.',
    {
      max: KEY_OWNER_MAX_LENGTH,
      example: 'team-orders',
    },
  )
  owner = '';
  @EpochField('When the token ends, in seconds since the epoch; 0 = never.', 4102444800)
  expires_at = 0;
  @CountField('How many clients can register with it; 0 = any number.', 1)
  max_uses = 1;
}

/** An initial access token as the admin API shows it: what is known of it, but not the token itself. */
@ApiSchema({ name: 'initialAccessToken', description: 'What is known of an initial access token.' })
export class InitialAccessTokenView {
  @ApiProperty({ description: 'Identifies the token.', format: 'uuid', example: SAMPLE_TOKEN_ID })
  id!: string;
  @ApiProperty({ description: 'Label of the token.', example: 'partner-orders' })
  label!: string;
  @ApiProperty({ description: 'Name of the policy that its registrations follow.', example: DEFAULT_POLICY })
  policy!: string;
  @ApiProperty({
    description: 'The owner of the clients that register with it; `""` if they have none.',
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
  @ApiProperty({ description: 'How many clients can register with it; 0 = any number.', type: 'integer', example: 1 })
  max_uses!: number;
  @ApiProperty({ description: 'How many clients have registered with it.', type: 'integer', example: 0 })
  uses!: number;
  @ApiProperty({
    description: 'When a client last registered with it, in UTC; `null` if none has.',
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

/** An initial access token in the response that makes it, the only one that shows it in clear. */
@ApiSchema({ name: 'initialAccessTokenMade', description: 'The initial access token that was made, in clear.' })
export class MadeInitialAccessTokenView extends InitialAccessTokenView {
  @ApiProperty({ description: 'The token itself. No later response shows it.', example: 'oait_…' })
  token!: string;
}
