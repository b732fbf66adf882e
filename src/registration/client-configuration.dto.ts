import { ApiPropertyOptional } from '@nestjs/swagger';
import { ClientView, TAGGED } from '../clients/metadata/client.dto.js';
import { SchemaWith } from '../clients/metadata/values/schema-with.js';

/** A client as it is shown to itself. */
@SchemaWith({
  ...TAGGED,
  name: 'oAuth2ClientConfiguration',
  description:
    'A client in an answer to itself (RFC 7591 §3.2.1, RFC 7592 §3). Members that are unset are left out, but for `redirect_uris`; `grant_types` and `response_types` then show their defaults. `client_secret` is shown when it is issued.',
  required: ['client_id', 'client_id_issued_at', 'redirect_uris'],
})
export class ClientConfigurationView extends ClientView {
  @ApiPropertyOptional({
    description: 'When the client was registered, in seconds since the epoch.',
    type: 'integer',
    format: 'int64',
    readOnly: true,
    example: 1769860800,
  })
  client_id_issued_at!: number;
}
