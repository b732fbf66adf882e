import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { TextField } from '../../fields/text-fields.js';

/** Maximum length of a reason, in characters. */
const REASON_MAX_LENGTH = 512;

/** The body of a request that suspends a client. */
@ApiSchema({ name: 'oAuth2ClientSuspensionInput', description: 'Why a client is suspended.' })
export class SuspensionInput {
  @TextField('Why the client is suspended, for people.', {
    max: REASON_MAX_LENGTH,
    example: 'its secret was found in a public repository',
  })
  reason = '';
}

/** The suspension of a client, as the admin API shows it. */
@ApiSchema({ name: 'oAuth2ClientSuspension', description: 'Since when a client is suspended, and why.' })
export class SuspensionView {
  @ApiProperty({
    description: 'Since when, in UTC.',
    format: 'date-time',
    example: '2026-01-31T12:00:00.000Z',
  })
  at!: string;
  @ApiProperty({
    description: 'Why; empty if nobody said.',
    maxLength: REASON_MAX_LENGTH,
    example: 'its secret was found in a public repository',
  })
  reason!: string;
}
