import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { Principal } from '../../../access/principal.js';

/** The ways by which a client can come into the registry. */
export const ORIGINS: readonly Origin[] = ['admin', 'registration', 'import', 'host', 'cli'];

/** A way by which a client can come into the registry. */
export type Origin = 'admin' | 'registration' | 'import' | 'host' | 'cli';

/** Where a client comes from. It is written when the client is created, and never changes. */
@ApiSchema({
  name: 'oAuth2ClientOrigin',
  description: 'Where a client comes from. It is kept when the client is created, and never changes.',
})
export class RegisteredVia {
  @ApiProperty({
    description:
      'How it came: by the admin API (`admin`), by itself (`registration`, RFC 7591), by an import (`import`), by the application around the registry (`host`), or by the command line (`cli`).',
    enum: Array.from(ORIGINS),
    example: 'registration',
  })
  type!: Origin;
  @ApiPropertyOptional({
    description: 'The registration policy under which the client registered itself.',
    example: 'default',
  })
  policy?: string;
  @ApiPropertyOptional({
    description: 'The label of the initial access token with which the client registered itself.',
    example: 'partner portal',
  })
  token?: string;
}

/** The origin of the clients that each kind of principal creates. */
const OF_PRINCIPALS: Record<Principal['type'], Origin> = {
  api_key: 'admin',
  jwt: 'admin',
  mtls: 'admin',
  anonymous: 'admin',
  host: 'host',
  system: 'host',
  cli: 'cli',
  registration: 'registration',
  import: 'import',
};

/**
 * Returns the origin of a client that an actor creates.
 *
 * @param actor the creator. Default: the application that hosts the registry
 */
export function viaActor(actor?: Principal): RegisteredVia {
  return { type: OF_PRINCIPALS[actor?.type ?? 'host'] };
}
