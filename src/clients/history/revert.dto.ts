import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { BodyClass } from '../../fields/body-class.decorator.js';
import { VersionField } from '../../fields/value-fields.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import type { BodyOf } from '../metadata/client-bodies.js';

/** The body of a request that reverts a client to an earlier version. */
@BodyClass({ refuse: ([first, ...others]) => OAuthError.invalidRequest(first.detail, [first, ...others]) })
@ApiSchema({ name: 'oAuth2ClientRevert', description: 'The version whose members the client gets again.' })
export class RevertInput {
  @ApiProperty({ required: true })
  @VersionField('A version of the client, from its history.', 3)
  version!: number;
}

/** The body of a revert: its members, or JSON in text or bytes. */
export type RevertBody = BodyOf<RevertInput>;
