import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { LIFESPANS_SCHEMA } from '../clients/lifespans/effective-lifespan.dto.js';
import { AUTH_METHODS } from '../clients/metadata/client-metadata.js';
import { ClientView } from '../clients/metadata/client.dto.js';
import type { AuthenticatedClient, ProvedCredential } from './authenticated-client.js';
import type { TokenRequest } from './token-request.js';

/** What the endpoint of an authorization server received, as the admin API accepts it. */
@ApiSchema({ name: 'oAuth2ClientAuthenticationRequest', description: 'What an endpoint got from a client.' })
export class TokenRequestView implements Omit<TokenRequest, 'form'> {
  @ApiProperty({ description: "Header `Authorization` of the client's request.", required: false })
  authorization?: string;
  @ApiProperty({
    description: "The client's form, as text or as an object.",
    required: false,
    oneOf: [{ type: 'string' }, { type: 'object', additionalProperties: { type: 'string' } }],
  })
  form?: unknown;
  @ApiProperty({
    description:
      'Certificate with which the client connected, as PEM, and behind it those between it and its authority: at most 5.',
    required: false,
  })
  certificate?: string;
  @ApiProperty({
    description: 'Issuer identifier of the authorization server; may be left out where there is only one.',
    required: false,
  })
  issuer?: string;
  @ApiProperty({ description: 'IP address of the client, by which wrong secrets are counted.', required: false })
  source?: string;
}

@ApiSchema({ name: 'oAuth2ClientCredential', description: 'What proved who a client is.' })
class CredentialView implements ProvedCredential {
  @ApiProperty({
    description: '`none` for a public client, which proves nothing.',
    enum: ['secret', 'key', 'certificate', 'none'],
    example: 'secret',
  })
  type!: ProvedCredential['type'];
  @ApiProperty({
    description: 'Id of the secret, `kid` of the key, or SHA-256 thumbprint of the certificate.',
    required: false,
    example: '0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e',
  })
  id?: string;
  @ApiProperty({
    description: 'When it ends, in seconds since the epoch; 0 = never.',
    required: false,
    type: 'integer',
    format: 'int64',
    example: 0,
  })
  expires_at?: number;
}

/** A client that has authenticated, as the admin API shows it. */
@ApiSchema({ name: 'oAuth2AuthenticatedClient', description: 'A client that is who it says.' })
export class AuthenticatedClientView implements Pick<
  AuthenticatedClient,
  'client' | 'method' | 'credential' | 'lifespans'
> {
  @ApiProperty({ description: 'The client, without its secrets.', type: ClientView })
  client!: AuthenticatedClient['client'];
  @ApiProperty({ description: 'Its `token_endpoint_auth_method`.', enum: AUTH_METHODS, example: 'client_secret_basic' })
  method!: string;
  @ApiProperty({ description: 'What proved it.', type: CredentialView })
  credential!: ProvedCredential;
  @ApiProperty({ description: 'How long its tokens live, by `grant_type` and by kind of token.', ...LIFESPANS_SCHEMA })
  lifespans!: AuthenticatedClient['lifespans'];
}
