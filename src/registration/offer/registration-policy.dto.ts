import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** A registration policy, as clients see it. */
@ApiSchema({ name: 'registrationPolicy', description: 'What a client may be that registers itself under a policy.' })
export class RegistrationPolicyView {
  @ApiProperty({
    description: 'Name of the policy. Without an initial access token it is `default`.',
    example: 'default',
  })
  name!: string;
  @ApiProperty({
    description:
      'By member, the values that a client may choose from. A text that ends with `*` stands for all that begin so; those of `redirect_uris` are patterns of scheme and host. Of a member that is not there, any value is accepted that the registry knows.',
    type: 'object',
    additionalProperties: { type: 'array', items: {} },
    example: { grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: ['none'] },
  })
  values!: Record<string, readonly unknown[]>;
  @ApiProperty({ description: 'The members that a client must set.', type: [String], example: ['client_name'] })
  required!: readonly string[];
  @ApiProperty({ description: 'The members that a client cannot set.', type: [String], example: ['owner'] })
  closed!: readonly string[];
  @ApiPropertyOptional({
    description: 'Who may vouch for software by a `software_statement`; left out: nobody.',
    type: [String],
    example: ['https://directory.example.com'],
  })
  software_statement_issuers?: readonly string[];
  @ApiProperty({
    description:
      'Whether a client gets a registration access token, by which it reads, changes and removes itself (RFC 7592).',
    example: true,
  })
  registration_access_token!: boolean;
}

/** The registration policies, as clients see them. */
@ApiSchema({ name: 'registrationPolicies', description: 'The policies under which clients register themselves.' })
export class RegistrationPoliciesView {
  @ApiProperty({ description: 'The policies, `default` first.', type: [RegistrationPolicyView] })
  policies!: RegistrationPolicyView[];
}
